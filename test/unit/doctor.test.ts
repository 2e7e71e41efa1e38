import { describe, expect, it } from 'vitest';
import { whyNot } from '../../cli/doctor/examine.ts';
import type { OpenedTrail } from '../../cli/doctor/patient.ts';
import { elsewhere } from '../../cli/doctor/trail/endpoints.ts';
import { versionFinding } from '../../cli/doctor/versions.ts';

describe('the version of a function or a recorder', () => {
  it.each<[version: string | undefined, own: string, todo: RegExp | undefined]>([
    ['1.10.2', '1.10.2', undefined],
    ['1.9.3', '1.10.2', /Deploy again/],
    ['1.10.10', '1.10.9', /Update this command/],
    ['2.0.0', '1.99.99', /Update this command/],
    [undefined, '0.1.0', /Deploy again/],
  ])('%s against %s', (version, own, todo) => {
    const finding = versionFinding('recorder', version, own);
    expect(finding?.todo).toEqual(todo && expect.stringMatching(todo));
  });
});

describe('what was not checked', () => {
  const refusal = (message: string) => Object.assign(new Error(message), { name: 'AccessDeniedException' });

  it('names the action that AWS named, or else those that the check needs', () => {
    expect(whyNot(refusal('User: me is not authorized to perform: sqs:GetQueueAttributes on x'), 'a:B')).toBe(
      'needs sqs:GetQueueAttributes',
    );
    expect(whyNot(refusal('No.'), 'sqs:A, sqs:B')).toBe('needs sqs:A, sqs:B');
  });

  it('names each account and Region that the caller cannot ask, once', () => {
    const head = (accountId: string, region: string) => ({ head: { accountId, region } });
    const states = [head('111', 'eu-central-1'), head('222', 'eu-central-1'), head('222', 'eu-central-1')];
    const trail = { states: [...states, head('111', 'us-east-1')] } as unknown as OpenedTrail;
    expect(elsewhere(trail, '111', 'eu-central-1')).toEqual([
      'endpoints of account 222 in eu-central-1',
      'endpoints of account 111 in us-east-1',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { examine, whyNot } from '../../cli/doctor/examine.ts';
import type { Check } from '../../cli/doctor/finding.ts';
import type { OpenedTrail } from '../../cli/doctor/patient.ts';
import { elsewhere } from '../../cli/doctor/trail/endpoints.ts';
import { failures } from '../../cli/doctor/trail/failures.ts';
import { lookAtRecorderClock } from '../../cli/doctor/trail/recorder.ts';
import { projection, signatures } from '../../cli/doctor/trail/snapshots.ts';
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

describe('failures of a trail of several targets', () => {
  it('are told of each target, so that one that goes on failing is not hidden by a later one of another', async () => {
    const note = (accountId: string, time: string) => ({
      reason: 'assume-role',
      message: `the role of ${accountId} could not be assumed`,
      accountId,
      region: 'us-east-1',
      at: `2026-11-20T${time}Z`,
    });
    const noted = [
      note('111111111111', '11:50:00'),
      note('111111111111', '11:55:00'),
      note('222222222222', '03:00:00'),
    ];
    const reads = { readFailures: async (endpointId?: string) => (endpointId === undefined ? noted : []) };
    const trail = { states: [], intervalMinutes: 5, reads } as unknown as OpenedTrail;
    const patient = { trail: async () => trail, now: () => new Date('2026-11-20T12:00:00Z'), keys: [] };
    const found: string[][] = [];
    const see = ({ severity, subject, what }: Record<'severity' | 'subject' | 'what', string>) =>
      found.push([severity, subject, what.slice(0, 10)]);
    await failures(patient).look({ found: see, notChecked: () => {} });
    expect(found).toEqual([
      ['urgent', 'the list of endpoints of account 111111111111 in us-east-1', '2 failures'],
      ['advice', 'the list of endpoints of account 222222222222 in us-east-1', '1 failure '],
    ]);
  });
});

describe('an examination', () => {
  const fine: Check = { name: 'gaps', needs: '', look: async () => {} };
  const finding = { severity: 'advice', subject: 's', what: 'w', means: 'm', todo: 't' } as const;
  const run = (checks: readonly Check[]) =>
    examine(checks, { timeout: () => new AbortController().signal, onCheck: () => {} });

  it('goes on after a check that fails, and keeps what that one had found', async () => {
    const failing: Check = {
      name: 'queues',
      needs: 'sqs:A',
      look: async (notes) => {
        notes.found(finding);
        throw new Error('broken');
      },
    };
    expect(await run([failing, fine])).toEqual({
      findings: [{ check: 'queues', ...finding }],
      notChecked: [{ check: 'queues', why: 'it failed (Error: broken)' }],
      fine: ['gaps'],
    });
  });

  it('goes on after a check that hangs', async () => {
    const late = new AbortController();
    const hanging: Check = {
      name: 'alarms',
      needs: '',
      look: () => {
        late.abort();
        return new Promise(() => {});
      },
    };
    const signals = [late.signal, new AbortController().signal];
    const examined = await examine([hanging, fine], {
      timeout: () => signals.shift() ?? late.signal,
      onCheck: () => {},
    });
    expect(examined.notChecked).toEqual([{ check: 'alarms', why: expect.stringContaining('no answer within 60 s') }]);
    expect(examined.fine).toEqual(['gaps']);
  });
});

describe('a log', () => {
  const at = '2026-11-20T08:00:00Z';
  /** An open log of ten entries, with what differs. */
  const patientWith = (head: object, watermark: object, signed: number) => {
    const states = [
      { endpointId: 'cvpn-endpoint-0a', head: { state: 'open', entry: 9, s: at, ownS: at, ...head }, watermark },
    ];
    const log = { readCheckpoints: async () => [{ endpointId: 'cvpn-endpoint-0a', size: signed }] };
    return { trail: async () => ({ states, log }) as unknown as OpenedTrail, now: () => new Date(at), keys: [] };
  };
  async function found(look: Check['look']): Promise<string[]> {
    const all: string[] = [];
    await look({ found: ({ what }) => all.push(what), notChecked: () => {} });
    return all;
  }

  it.each([
    [9, []],
    [8, []],
    [7, ['2 snapshots of its log are not projected yet.']],
    [undefined, ['10 snapshots of its log are not projected yet.']],
  ])('is behind where it is projected through entry %s of 9', async (entry, expected) => {
    const patient = patientWith({}, entry === undefined ? {} : { entry }, 10);
    expect(await found(projection(patient).look)).toEqual(expected);
  });

  it.each([
    [10, []],
    [9, []],
    [8, ['2 snapshots of its log are not signed and archived yet.']],
  ])('is behind where %i of its 10 entries are signed', async (size, expected) => {
    expect(await found(signatures(patientWith({}, { entry: 9 }, size)).look)).toEqual(expected);
  });

  it.each([
    ['2026-11-20T08:02:00Z', []],
    ['2026-11-20T08:02:01Z', ["the clock of what records it is 2m 1s ahead of AWS's."]],
    ['2026-11-20T07:57:59Z', ["the clock of what records it is 2m 1s behind AWS's."]],
  ])('tells of the clock of what records it: %s by that, 08:00 by that of AWS', async (ownS, expected) => {
    const patient = patientWith({ ownS }, {}, 10);
    expect(await found((notes) => lookAtRecorderClock(patient, notes))).toEqual(expected);
  });
});

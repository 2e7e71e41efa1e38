import { describe, expect, it } from 'vitest';
import { closedLogs, type EndpointList, expectedEndpoints } from '../../lambda/recorder/endpoints.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { describedOwner } from '../../lambda/trail/owner.ts';
import type { EndpointRecord } from '../../lambda/trail/ports.ts';

const AT = { f: '2026-11-20T08:00:00Z', ownF: '2026-11-20T08:00:01Z' };

function listed(...ids: string[]): EndpointList {
  return { descriptions: new Map(ids.map((id) => [id, { clientVpnEndpointId: id }])), at: AT };
}

const NO_LIST: EndpointList = { failure: { reason: 'endpoint-list', message: 'x' }, error: new Error('x') };

const OWNER = { region: 'eu-central-1', accountId: '123456789012' };

function log(endpointId: string, state: Head['state'], owner = OWNER): EndpointRecord {
  const why = state === 'closed' ? { closedBecause: 'endpoint-deleted' } : {};
  return { endpointId, head: { endpointId, state, ...owner, ...why } as Head };
}

/** Of another account, of another Region, and of an account that nobody told. */
const OTHERS = [
  { ...OWNER, accountId: '111122223333' },
  { ...OWNER, region: 'us-east-1' },
];
const UNTOLD = { ...OWNER, accountId: 'unknown' };

/** The endpoints to record, `-` before those that are not configured and `!` behind those that are missing from the list. */
function expected(configured: 'all' | string[], list: EndpointList, known: EndpointRecord[] = []) {
  return expectedEndpoints(configured, list, known, OWNER).map((one) => {
    const missing = one.unlistedAt === AT ? '!' : (one.unlistedAt?.f ?? '');
    return `${one.configured ? '' : '-'}${one.endpointId}${missing}`;
  });
}

describe('the endpoints to record', () => {
  it.each<[what: string, of: Parameters<typeof expected>, ids: string[]]>([
    [
      'all that AWS lists, and every open log that it does not',
      ['all', listed('b', 'a'), [log('c', 'open'), log('d', 'closed')]],
      ['a', 'b', 'c!'],
    ],
    [
      'the open logs where the list cannot be had, and none of them is missing from it',
      ['all', NO_LIST, [log('a', 'open'), log('b', 'closed')]],
      ['a'],
    ],
    [
      'those configured, and open logs that no longer are',
      [['a', 'b'], listed('a', 'b', 'x'), [log('c', 'open')]],
      ['a', 'b', '-c!'],
    ],
    [
      'open logs as if configured while AWS does not list all that is: the configuration may be a slip',
      [['a', 'b'], listed('a', 'c'), [log('c', 'open')]],
      ['a', 'b!', 'c'],
    ],
    ['without a configured one that was deleted', [['a'], listed(), [log('a', 'closed')]], []],
    ['and with it should AWS list it again', [['a'], listed('a'), [log('a', 'closed')]], ['a']],
  ])('are %s', (_, of, ids) => {
    expect(expected(...of)).toEqual(ids);
  });

  it('leave the closed logs to be finished', () => {
    const known = [log('a', 'open'), log('b', 'closed'), { endpointId: 'c' }];
    const logs = closedLogs(known, expectedEndpoints('all', listed('a'), known, OWNER), OWNER);
    expect(logs.map(({ endpointId }) => endpointId)).toEqual(['b']);
  });

  it.each(['open', 'closed'] as const)('leave alone the %s logs of other accounts and Regions', (state) => {
    const known = OTHERS.map((owner, index) => log(`other-${index}`, state, owner));
    const expected = expectedEndpoints('all', listed('a'), known, OWNER);
    expect(expected.map(({ endpointId }) => endpointId)).toEqual(['a']);
    expect(closedLogs(known, expected, OWNER)).toEqual([]);
  });

  it('do not take a log of an unknown account for one that was deleted, and finish it if it is closed', () => {
    const known = [log('b', 'open', UNTOLD), log('c', 'closed', UNTOLD)];
    const expected = expectedEndpoints('all', listed('a'), known, OWNER);
    expect(expected.map(({ endpointId }) => endpointId)).toEqual(['a']);
    expect(closedLogs(known.slice(1), expected, OWNER).map(({ endpointId }) => endpointId)).toEqual(['c']);
  });
});

describe('an endpoint’s account', () => {
  it.each([
    ['arn:aws:acm:eu-central-1:123456789012:certificate/1a2b', '123456789012'],
    ['arn:aws-us-gov:acm:us-gov-west-1:210987654321:certificate/1a2b', '210987654321'],
    ['arn:aws:iam::123456789012:server-certificate/x', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('by the certificate %s is %s', (serverCertificateArn, account) => {
    expect(describedOwner(serverCertificateArn === undefined ? {} : { serverCertificateArn }).accountId).toBe(account);
  });
});

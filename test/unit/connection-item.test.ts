import { describe, expect, it } from 'vitest';
import { fromConnectionItem, toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { connectionFrom } from '../support/search/search-input.ts';

const alice = connectionFrom('2026-11-19T23:59:59Z', 'cvpn-connection-0a', {
  endpointId: 'cvpn-endpoint-0a',
  status: 'active',
  commonName: 'Alice.Example.com',
  clientIp: '172.31.0.2',
});

/** The keys of the indexes the connection is in. */
function keys(connection: Connection): Record<string, unknown> {
  const item = toConnectionItem(connection, undefined);
  const indexes = CONNECTIONS.indexes.filter(({ partitionKey }) => item[partitionKey] !== undefined);
  return Object.fromEntries(
    indexes.map(({ name, partitionKey, sortKey }) => [name, [item[partitionKey], item[sortKey]]]),
  );
}

const ID = 'cvpn-connection-0a';
const START = `2026-11-19T23:59:59Z#${ID}`;
const OF_ADDRESS = ['cvpn-endpoint-0a#172.31.0.2', START];
const reported = (endedAt: string): Partial<Connection> => ({ endedAt, end: { kind: 'reported' } });
const LATE = { ...reported('2026-11-19T23:59:59Z'), firstSeenAt: '2026-11-20T23:59:59Z' };
const between = ['2026-11-20T00:00:00Z', '2026-11-21T01:00:00Z'] as const;
const at = (kind: 'day' | 'days' | 'weeks' | 'long', end: string) => ({
  bySpan: [`cvpn-endpoint-0a#${kind}`, `${end}#${ID}`],
});

describe('a connection', () => {
  it('is in the indexes of the day it was established, of its name in lower case, and of its address', () => {
    expect(keys(alice)).toEqual({
      byEndpointDay: ['cvpn-endpoint-0a#2026-11-19', START],
      byCommonName: ['alice.example.com', START],
      byClientIp: OF_ADDRESS,
    });
  });

  it.each<[what: string, more: object, expected: object]>([
    ['of usernames', { username: 'Alice' }, { byUsername: ['alice', START] }],
    ['of names by their key', { commonName: 'İnş', username: 'INS\u0327' }, { byCommonName: ['inş', START] }],
    [
      'of IPv6 addresses too, however AWS spells it',
      { clientIpv6: '2001:0DB8:0:0:0::0002' },
      {
        byClientIp: OF_ADDRESS,
        byClientIpv6: ['cvpn-endpoint-0a#2001:db8::2', START],
      },
    ],
    // Of the kind of its address, under whatever name AWS gives it.
    ['of IPv4', { clientIp: undefined, clientIpv6: '::FFFF:AC1F:2' }, { byClientIp: OF_ADDRESS }],
    ['of IPv6', { clientIp: 'FD00::1' }, { byClientIpv6: ['cvpn-endpoint-0a#fd00::1', START] }],
    ['of what is no address', { clientIp: 'No Address' }, { byClientIp: ['cvpn-endpoint-0a#no address', START] }],
    ['of spans over midnight, by its end', reported('2026-11-20T00:00:00Z'), at('day', '2026-11-20T00:00:00Z')],
    // Once it is long, by its latest end, in classes of how long it lasted; behind all ends while it is open.
    ['of days', { ...reported('2026-11-21T00:00:00Z'), long: true }, at('days', '2026-11-21T00:00:00Z')],
    ['of days', { ...reported('2026-11-27T23:59:58Z'), long: true }, at('days', '2026-11-27T23:59:58Z')],
    ['of weeks', { ...reported('2026-11-27T23:59:59Z'), long: true }, at('weeks', '2026-11-27T23:59:59Z')],
    ['of weeks', { ...reported('2026-12-21T23:59:58Z'), long: true }, at('weeks', '2026-12-21T23:59:58Z')],
    ['of what is longer', { ...reported('2026-12-21T23:59:59Z'), long: true }, at('long', '2026-12-21T23:59:59Z')],
    ['of an inferred end', { long: true, end: { kind: 'inferred', between } }, at('days', '2026-11-21T01:00:00Z')],
    ['of spans while it is open', { long: true }, at('long', '~')],
    ['of spans where AWS first listed it a day late', LATE, at('long', '2026-11-19T23:59:59Z')],
    [
      'of its names while it is long and open',
      { username: 'Alice', long: true },
      {
        longByCommonName: ['alice.example.com', `~#${ID}`],
        longByUsername: ['alice', `~#${ID}`],
      },
    ],
    [
      'of its names by its latest end',
      { ...reported('2026-11-21T00:00:00Z'), long: true },
      {
        longByCommonName: ['alice.example.com', `2026-11-21T00:00:00Z#${ID}`],
      },
    ],
  ])('is in the index %s, with %j', (_, more, expected) => {
    expect(keys({ ...alice, ...more })).toMatchObject(expected);
  });

  it.each<[index: string, what: string, more: Partial<Connection>]>([
    ['byUsername', 'whose username is its common name in another case', { username: 'alice.example.COM' }],
    ['byUsername', 'whose username is its common name in another form', { commonName: 'İnş', username: 'INS\u0327' }],
    ['longByUsername', 'whose username is its common name', { username: 'alice.example.COM', long: true }],
    ['byClientIpv6', 'whose IPv6 address is an IPv4 one', { clientIpv6: '::FFFF:AC1F:2' }],
    ['bySpan', 'that is open and not long', {}],
    ['bySpan', 'that ended within the day', reported('2026-11-19T23:59:59Z')],
    ['bySpan', 'that AWS listed within a day', { ...LATE, firstSeenAt: '2026-11-20T23:59:58Z' }],
  ])('is not in %s, %s', (index, _, more) => {
    expect(keys({ ...alice, ...more })).not.toHaveProperty(index);
  });

  it.each<Partial<Connection>>([
    {},
    { long: true, establishedAtIsFirstSight: true },
    {
      endedAt: '2026-11-20T00:00:00Z',
      end: { kind: 'reported' },
      ingressBytes: 18446744073709551615n,
      egressBytes: 0n,
    },
    { end: { kind: 'inferred', between: ['2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z'] }, long: true },
  ])('with %o is read as it was written', (more) => {
    const connection = { ...alice, ...more };
    const item = Object.entries(toConnectionItem(connection, 1_800_000_000)).filter(([, value]) => value !== undefined);
    expect(fromConnectionItem(Object.fromEntries(item))).toEqual(connection);
  });

  it('has its former identities as the same text, in whatever order the store gives their members back', () => {
    const former = [{ commonName: 'old', clientIp: '172.31.0.3', between }];
    const stored = [{ between, clientIp: '172.31.0.3', commonName: 'old' }];
    const { former: read } = fromConnectionItem({ ...toConnectionItem(alice, undefined), former: stored });
    expect(JSON.stringify(read)).toBe(JSON.stringify(former));
  });
});

import { describe, expect, it } from 'vitest';
import { fromConnectionItem, toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import type { Connection } from '../../lambda/trail/connection.ts';

const alice: Connection = {
  connectionId: 'cvpn-connection-0a',
  endpointId: 'cvpn-endpoint-0a',
  accountId: '123456789012',
  region: 'eu-central-1',
  status: 'active',
  establishedAt: '2026-11-19T23:59:59Z',
  commonName: 'Alice.Example.com',
  clientIp: '172.31.0.2',
  firstSeenAt: '2026-11-20T00:02:00Z',
  firstSlot: '2026-11-20T00:02:00Z',
  lastEntry: 3,
};

/** The keys of the indexes the connection is in. */
function keys(connection: Connection): Record<string, unknown> {
  const item = toConnectionItem(connection, undefined);
  const indexes = CONNECTIONS.indexes.filter(({ partitionKey }) => item[partitionKey] !== undefined);
  return Object.fromEntries(
    indexes.map(({ name, partitionKey, sortKey }) => [name, [item[partitionKey], item[sortKey]]]),
  );
}

const START = '2026-11-19T23:59:59Z#cvpn-connection-0a';

describe('a connection', () => {
  it('is in the indexes of the day it was established, of its name in lower case, and of its address', () => {
    expect(keys(alice)).toEqual({
      byEndpointDay: ['cvpn-endpoint-0a#2026-11-19', START],
      byCommonName: ['alice.example.com', START],
      byClientIp: ['cvpn-endpoint-0a#172.31.0.2', START],
    });
  });

  it('is in the index of usernames where that is not its common name in another case', () => {
    expect(keys({ ...alice, username: 'alice.example.COM' })).not.toHaveProperty('byUsername');
    expect(keys({ ...alice, username: 'Alice' })).toMatchObject({ byUsername: ['alice', START] });
    const composed = { ...alice, commonName: 'İnş', username: 'INS\u0327' };
    expect(keys(composed)).toMatchObject({ byCommonName: ['inş', START] });
    expect(keys(composed)).not.toHaveProperty('byUsername');
  });

  it('is in the index of IPv6 addresses by that address, however AWS spells it', () => {
    expect(keys({ ...alice, clientIpv6: '2001:0DB8:0:0:0::0002' })).toMatchObject({
      byClientIp: ['cvpn-endpoint-0a#172.31.0.2', START],
      byClientIpv6: ['cvpn-endpoint-0a#2001:db8::2', START],
    });
  });

  it('is in the index of the kind of its address, under whatever name AWS gives it', () => {
    const { clientIp: _, ...nowhere } = alice;
    const ipv4 = { byClientIp: ['cvpn-endpoint-0a#172.31.0.2', START] };
    expect(keys({ ...nowhere, clientIpv6: '::FFFF:AC1F:2' })).toMatchObject(ipv4);
    expect(keys({ ...nowhere, clientIpv6: '::FFFF:AC1F:2' })).not.toHaveProperty('byClientIpv6');
    expect(keys({ ...nowhere, clientIp: 'FD00::1' })).toMatchObject({
      byClientIpv6: ['cvpn-endpoint-0a#fd00::1', START],
    });
    expect(keys({ ...nowhere, clientIp: 'No Address' })).toMatchObject({
      byClientIp: ['cvpn-endpoint-0a#no address', START],
    });
  });

  const reported = (endedAt: string): Connection => ({ ...alice, endedAt, end: { kind: 'reported' } });

  it('is in no index of spans within one day, and over midnight by its end', () => {
    expect(keys(alice)).not.toHaveProperty('bySpan');
    expect(keys(reported('2026-11-19T23:59:59Z'))).not.toHaveProperty('bySpan');
    expect(keys(reported('2026-11-20T00:00:00Z'))).toMatchObject({
      bySpan: ['cvpn-endpoint-0a#day', '2026-11-20T00:00:00Z#cvpn-connection-0a'],
    });
  });

  it('is in the index of spans, once it is long, by its latest end, in classes of how long it lasted', () => {
    const span = (connection: Connection) => keys(connection).bySpan;
    const long = (endedAt: string) => span({ ...reported(endedAt), long: true });
    expect(long('2026-11-21T00:00:00Z')).toEqual(['cvpn-endpoint-0a#days', '2026-11-21T00:00:00Z#cvpn-connection-0a']);
    expect(long('2026-11-27T23:59:58Z')).toEqual(['cvpn-endpoint-0a#days', expect.any(String)]);
    expect(long('2026-11-27T23:59:59Z')).toEqual(['cvpn-endpoint-0a#weeks', expect.any(String)]);
    expect(long('2026-12-21T23:59:58Z')).toEqual(['cvpn-endpoint-0a#weeks', expect.any(String)]);
    expect(long('2026-12-21T23:59:59Z')).toEqual(['cvpn-endpoint-0a#long', expect.any(String)]);
    const between = ['2026-11-20T00:00:00Z', '2026-11-21T01:00:00Z'] as const;
    expect(span({ ...alice, long: true, end: { kind: 'inferred', between } })).toEqual([
      'cvpn-endpoint-0a#days',
      '2026-11-21T01:00:00Z#cvpn-connection-0a',
    ]);
  });

  it('is in the index of spans behind all ends while it is open and long', () => {
    expect(keys({ ...alice, long: true }).bySpan).toEqual(['cvpn-endpoint-0a#long', '~#cvpn-connection-0a']);
  });

  it('is in the index of spans where AWS first listed it a day late', () => {
    const late = { ...reported('2026-11-19T23:59:59Z'), firstSeenAt: '2026-11-20T23:59:59Z' };
    expect(keys(late).bySpan).toEqual(['cvpn-endpoint-0a#long', '2026-11-19T23:59:59Z#cvpn-connection-0a']);
    expect(keys({ ...late, firstSeenAt: '2026-11-20T23:59:58Z' })).not.toHaveProperty('bySpan');
  });

  it('is, once it is long, in the indexes of its names by its latest end, behind all ends while it is open', () => {
    const long = { ...alice, username: 'Alice', long: true } as const;
    expect(keys(long)).toMatchObject({
      longByCommonName: ['alice.example.com', '~#cvpn-connection-0a'],
      longByUsername: ['alice', '~#cvpn-connection-0a'],
    });
    expect(keys({ ...long, endedAt: '2026-11-21T00:00:00Z', end: { kind: 'reported' } })).toMatchObject({
      longByCommonName: ['alice.example.com', '2026-11-21T00:00:00Z#cvpn-connection-0a'],
    });
    expect(keys({ ...long, username: 'alice.example.COM' })).not.toHaveProperty('longByUsername');
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
});

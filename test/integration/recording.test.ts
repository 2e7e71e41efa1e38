import { describe, expect, it } from 'vitest';
import type { Elements } from '../../lambda/trail/element.ts';
import { ALPHA, activeRow, endedRow } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });

describe('what AWS said', () => {
  const everything: Elements = {
    ...alice,
    username: 'alice',
    clientIpv6Address: '2001:db8::1',
    status: { code: 'terminated', message: 'The user went home.', colour: 'grey' },
    timestamp: '2026-11-20 07:59:58',
    connectionEndTime: '2026-11-20 07:59:59',
    ingressBytes: '9007199254740993',
    postureComplianceStatusSet: ['compliant', 'quarantined'],
    authorizationPolicyLastEvaluatedTime: '2026-11-20 07:56:00',
    invented: { deep: ['one', 'two'] },
  };

  it('is kept whole in the stored row, an element that nobody knows included', async () => {
    await lists(trail, [everything]).record();
    expect(await trail.storedRows()).toEqual([everything]);
  });

  it('is on the connection, every field, with exact counters and times in UTC', async () => {
    await lists(trail, [everything]).record();
    expect(await trail.connection(ID)).toEqual({
      connectionId: ID,
      endpointId: ALPHA,
      accountId: '123456789012',
      region: 'eu-central-1',
      status: 'terminated',
      statusMessage: 'The user went home.',
      establishedAt: '2026-11-20T07:55:00Z',
      endedAt: '2026-11-20T07:59:59Z',
      end: { kind: 'reported' },
      timestamp: '2026-11-20T07:59:58Z',
      username: 'alice',
      commonName: 'alice.example.com',
      clientIp: '172.31.0.225',
      clientIpv6: '2001:db8::1',
      ingressBytes: 9007199254740993n,
      egressBytes: 200n,
      ingressPackets: 3n,
      egressPackets: 4n,
      postureComplianceStatuses: ['compliant', 'quarantined'],
      authorizationPolicyLastEvaluatedAt: '2026-11-20T07:56:00Z',
      other: { status: { colour: 'grey' }, invented: { deep: ['one', 'two'] } },
      firstSeenAt: '2026-11-20T08:00:00Z',
      firstSlot: '2026-11-20T08:00:00Z',
      lastSeenAt: '2026-11-20T08:00:00Z',
      lastSlot: '2026-11-20T08:00:00Z',
      lastEntry: 0,
    });
  });

  it('of a live connection holds no counters and no last sight: those are in the newest snapshot', async () => {
    await trail.record();
    const connection = await trail.connection(ID);
    expect(connection).toMatchObject({ status: 'active', commonName: 'alice.example.com', lastEntry: 0 });
    for (const absent of ['ingressBytes', 'lastSeenAt', 'endedAt', 'end', 'username']) {
      expect(connection).not.toHaveProperty(absent);
    }
  });

  it('costs no write on a connection whose counters alone have changed', async () => {
    await trail.record();
    trail.rows[ALPHA] = [{ ...alice, ingressBytes: '5000', timestamp: '2026-11-20 08:05:00', brandNewCounter: '7' }];
    // The chunk, manifest and head in one transaction, the checkpoint, the watermark.
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ opened: 0, ended: 0, writeUnits: 7 });
    expect(await trail.connection(ID)).toMatchObject({ lastEntry: 0 });
  });

  it('is not stored again where it is the same', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]?.writeUnits).toBe(6);
    expect(await trail.storedRows()).toHaveLength(1);
  });

  it('that does not parse is kept, projected as far as it goes, and reported', async () => {
    const odd = { ...alice, connectionEstablishedTime: 'a while ago', ingressBytes: 'many', clientIp: ['172.31.0.1'] };
    const summary = await lists(trail, [odd]).record();
    expect(summary.unparsed).toBe(1);
    expect(await trail.storedRows()).toEqual([odd]);
    expect(await trail.manifests()).toEqual([
      expect.objectContaining({ unparsed: { count: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }),
    ]);
    expect(await trail.connection(ID)).toMatchObject({
      commonName: 'alice.example.com',
      establishedAt: '2026-11-20T08:00:00Z',
      establishedAtIsFirstSight: true,
    });
  });

  it('names its account and Region in manifest and connection', async () => {
    trail.options = { ...trail.options, ACCOUNT_ID: '999988887777' };
    await trail.record();
    expect(await trail.manifests()).toEqual([
      expect.objectContaining({ accountId: '999988887777', region: 'eu-central-1' }),
    ]);
    expect(await trail.connection(ID)).toMatchObject({ accountId: '999988887777', region: 'eu-central-1' });
  });
});

describe('a row without a connection id', () => {
  const nameless = { ...alice, connectionId: '-' };

  it('is kept and counted, and its snapshot is no proof: coverage goes on from the one before', async () => {
    await trail.record();
    const { endpoints } = await lists(trail, [alice, nameless]).recordAfter(5);
    expect(endpoints[0]).toMatchObject({ outcome: 'committed', connections: 1, unidentified: 1 });
    expect(await trail.storedRows()).toHaveLength(2);
    await lists(trail, [alice]).recordTimes(1);
    expect((await trail.manifests()).map(({ previousS }) => previousS)).toEqual([
      undefined,
      '2026-11-20T08:00:00Z',
      '2026-11-20T08:00:00Z',
    ]);
  });

  it('that stays for an hour makes a gap that says so', async () => {
    await trail.record();
    await lists(trail, [alice, nameless]).recordTimes(12);
    const { endpoints } = await lists(trail, [alice]).recordAfter(5);
    expect(endpoints[0]?.gap).toEqual({
      start: '2026-11-20T07:58:00Z',
      end: '2026-11-20T08:07:00Z',
      reasons: ['unidentified-rows'],
    });
  });
});

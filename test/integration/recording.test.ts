import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { record } from '../../lambda/recorder/recorder.ts';
import type { Elements } from '../../lambda/trail/element.ts';
import { errorXml, send } from '../support/faulty-ec2.ts';
import { interrupt } from '../support/interrupted-clients.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recorded-trail.ts';
import { expectSound } from '../support/sound.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
let trail: RecordedTrail;

beforeEach(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: [alice] };
});
afterEach(() => trail.close());

/** Records so many snapshots five minutes apart. */
async function recordTimes(times: number): Promise<void> {
  for (let time = 0; time < times; time++) await trail.recordAfter(5);
}

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
    trail.rows[ALPHA] = [everything];
    await trail.record();
    expect(await trail.storedRows()).toEqual([everything]);
  });

  it('is on the connection, every field, with exact counters and times in UTC', async () => {
    trail.rows[ALPHA] = [everything];
    await trail.record();
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
    // The chunk, manifest and head in one transaction, the watermark.
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ opened: 0, ended: 0, writeUnits: 6 });
    expect(await trail.connection(ID)).toMatchObject({ lastEntry: 0 });
  });

  it('is not stored again where it is the same', async () => {
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 07:59:00')];
    await trail.record();
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]?.writeUnits).toBe(5);
    expect(await trail.storedRows()).toHaveLength(1);
  });

  it('that does not parse is kept, projected as far as it goes, and reported', async () => {
    const odd = { ...alice, connectionEstablishedTime: 'a while ago', ingressBytes: 'many', clientIp: ['172.31.0.1'] };
    trail.rows[ALPHA] = [odd];
    const summary = await trail.record();
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
  });
});

describe('a row without a connection id', () => {
  const nameless = { ...alice, connectionId: '-' };

  it('is kept and counted, and its snapshot is no proof: coverage goes on from the one before', async () => {
    await trail.record();
    trail.rows[ALPHA] = [alice, nameless];
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ outcome: 'committed', connections: 1, unidentified: 1 });
    expect(await trail.storedRows()).toHaveLength(2);
    trail.rows[ALPHA] = [alice];
    await recordTimes(1);
    expect((await trail.manifests()).map(({ previousS }) => previousS)).toEqual([
      undefined,
      '2026-11-20T08:00:00Z',
      '2026-11-20T08:00:00Z',
    ]);
  });

  it('that stays for an hour makes a gap that says so', async () => {
    await trail.record();
    trail.rows[ALPHA] = [alice, nameless];
    await recordTimes(12);
    trail.rows[ALPHA] = [alice];
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]?.gap).toEqual({
      start: '2026-11-20T07:58:00Z',
      end: '2026-11-20T08:07:00Z',
      reasons: ['unidentified-rows'],
    });
  });
});

describe('the end of a connection', () => {
  it('is the one that AWS reports', async () => {
    await trail.record();
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 08:03:00', { egressBytes: '4242' })];
    const summary = await trail.recordAfter(5);
    expect(summary.ended).toBe(1);
    expect(await trail.connection(ID)).toMatchObject({
      status: 'terminated',
      endedAt: '2026-11-20T08:03:00Z',
      end: { kind: 'reported' },
      egressBytes: 4242n,
      lastSlot: '2026-11-20T08:05:00Z',
    });
  });

  it('stays when AWS forgets the connection', async () => {
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 07:59:00')];
    await trail.record();
    const before = await trail.connection(ID);
    trail.rows[ALPHA] = [];
    const summary = await trail.recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ connections: 0, ended: 0, anomalies: 0 });
    expect(await trail.connection(ID)).toEqual(before);
  });

  it('absorbs: a later row that says it is active is a counted contradiction', async () => {
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 07:59:00')];
    await trail.record();
    trail.rows[ALPHA] = [alice];
    const summary = await trail.recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ anomalies: 1, ended: 0 });
    expect(await trail.connection(ID)).toMatchObject({
      status: 'terminated',
      endedAt: '2026-11-20T07:59:00Z',
      contradictions: 1,
    });
    await expectSound(trail);
  });

  it('without a time lies between the last sight of it alive and the answer that told', async () => {
    await trail.record();
    trail.rows[ALPHA] = [{ ...alice, status: { code: 'terminated' } }];
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({
      status: 'terminated',
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'] },
    });
  });
});

describe('a connection that vanishes without an end', () => {
  it('stays open and says since when it is unlisted', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    const summary = await trail.recordAfter(5);
    expect(summary.endpoints[0]).toMatchObject({ ended: 0, anomalies: 1 });
    const connection = await trail.connection(ID);
    expect(connection).toMatchObject({ status: 'active', unlistedSince: '2026-11-20T08:05:00Z', ingressBytes: 100n });
    expect(connection).not.toHaveProperty('end');
  });

  it('has an inferred end once it was missing for 60 minutes and epsilon, and not before', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    await recordTimes(13);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    const summary = await trail.recordAfter(5);
    expect(summary).toMatchObject({ ended: 1 });
    expect(await trail.connection(ID)).toMatchObject({
      status: 'active',
      unlistedSince: '2026-11-20T08:05:00Z',
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'] },
      lastSlot: '2026-11-20T08:00:00Z',
    });
    await expectSound(trail);
  });

  it('and comes back is open as before', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    await recordTimes(3);
    trail.rows[ALPHA] = [alice];
    await recordTimes(20);
    const connection = await trail.connection(ID);
    expect(connection).toMatchObject({ status: 'active', firstSlot: '2026-11-20T08:00:00Z' });
    for (const absent of ['unlistedSince', 'end', 'ingressBytes', 'long'])
      expect(connection).not.toHaveProperty(absent);
    await expectSound(trail);
  });

  it('takes AWS’s own end in place of the inferred one, should AWS give it later', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    await recordTimes(16);
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 08:04:00')];
    await recordTimes(1);
    expect(await trail.connection(ID)).toMatchObject({ endedAt: '2026-11-20T08:04:00Z', end: { kind: 'reported' } });
  });

  it('across a gap ended between its last row and 60 minutes before the answer without it', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    const { endpoints } = await trail.recordAfter(180);
    expect(endpoints[0]).toMatchObject({
      ended: 1,
      gap: { start: '2026-11-20T07:58:00Z', end: '2026-11-20T10:02:00Z', reasons: ['no-run'] },
    });
    expect(await trail.connection(ID)).toMatchObject({
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T10:02:00Z'] },
    });
  });

  it('before a gap and is missing after it has the wider bounds', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    await trail.recordAfter(5);
    await trail.recordAfter(180);
    expect(await trail.connection(ID)).toMatchObject({
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T10:07:00Z'] },
    });
    await expectSound(trail);
  });
});

describe('a connection that lasts', () => {
  it('is in the index of long ones from 24 hours on, once written', async () => {
    trail.rows[ALPHA] = [{ ...alice, connectionEstablishedTime: '2026-11-19 08:07:00' }];
    await trail.record();
    await recordTimes(1);
    expect(await trail.connection(ID)).not.toHaveProperty('long');
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({ opened: 0, ended: 0 });
    expect(await trail.connection(ID)).toMatchObject({ long: true, lastEntry: 2 });
    await recordTimes(1);
    expect(await trail.connection(ID)).toMatchObject({ lastEntry: 2 });
    const items = await trail.scan(trail.options.CONNECTIONS_TABLE);
    expect(items.find(({ longKey }) => longKey)).toMatchObject({
      longKey: ALPHA,
      longEnd: `~#${ID}`,
    });
  });
});

describe('a slot', () => {
  it('that is delivered twice is captured once', async () => {
    await trail.record();
    const requests = trail.ec2.requests.length;
    const { endpoints } = await trail.record();
    expect(endpoints).toEqual([expect.objectContaining({ outcome: 'already-committed', opened: 0 })]);
    expect(trail.ec2.requests.slice(requests).map((request) => request.get('Action'))).toEqual([
      'DescribeClientVpnEndpoints',
    ]);
    expect(await trail.manifests()).toHaveLength(1);
  });

  it('that comes after a later one is discarded and noted as superseded', async () => {
    await trail.record();
    await trail.recordAfter(5);
    trail.now = new Date('2026-11-20T08:04:00Z');
    const summary = await trail.record();
    expect(summary.endpoints).toEqual([expect.objectContaining({ outcome: 'superseded' })]);
    expect(summary.failures).toEqual([]);
    expect(await trail.items(`${ALPHA}#failures`)).toEqual([expect.objectContaining({ reason: 'superseded' })]);
    expect(await trail.manifests()).toHaveLength(2);
  });

  it('that was committed before later ones is known when it is delivered again', async () => {
    await trail.record();
    await trail.recordAfter(5);
    trail.now = new Date('2026-11-20T08:00:00Z');
    expect((await trail.record()).endpoints).toEqual([expect.objectContaining({ outcome: 'already-committed' })]);
    expect(await trail.items(`${ALPHA}#failures`)).toEqual([]);
  });

  it('in the future is refused, since it would supersede all that come before it', async () => {
    const ports = trail.ports();
    await expect(record(ports, trail.options, new Date('2026-11-20T08:06:00Z'))).rejects.toThrow(
      'slot 2026-11-20T08:06:00Z is in the future: it is 2026-11-20T08:00:00Z; expected the time of this recording',
    );
  });
});

describe('a gap', () => {
  it('is noted with the snapshot that ends it, and with every reason', async () => {
    await trail.record();
    trail.ec2.fault = ({ action }, response) => {
      if (action === 'DescribeClientVpnEndpoints') return false;
      send(response, trail.now, { status: 503, xml: errorXml('RequestLimitExceeded') });
      return true;
    };
    await recordTimes(6);
    trail.ec2.fault = ({ action }, response) => {
      if (action === 'DescribeClientVpnEndpoints') return false;
      send(response, trail.now, { status: 403, xml: errorXml('UnauthorizedOperation') });
      return true;
    };
    await recordTimes(6);
    trail.ec2.fault = () => false;
    await recordTimes(1);
    expect(await trail.items(`${ALPHA}#gaps`)).toEqual([
      {
        endpointId: `${ALPHA}#gaps`,
        slot: '2026-11-20T07:58:00Z',
        end: '2026-11-20T08:07:00Z',
        reasons: ['access-denied', 'throttled'],
      },
    ]);
  });

  it('is none while snapshots are at most 60 minutes less two epsilon apart', async () => {
    await trail.record();
    await trail.recordAfter(56);
    expect(await trail.items(`${ALPHA}#gaps`)).toEqual([]);
    const { endpoints } = await trail.recordAfter(57);
    expect(endpoints[0]?.gap).toMatchObject({ start: '2026-11-20T08:54:00Z', end: '2026-11-20T08:55:00Z' });
  });
});

describe('an endpoint', () => {
  it('that was deleted gets a closing entry, its connections an inferred end, and is not asked for again', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] };
    await trail.record();
    trail.rows = { [ALPHA]: [] };
    const { endpoints, failures } = await trail.recordAfter(5);
    expect(failures).toEqual([]);
    expect(endpoints[1]).toMatchObject({ endpointId: BETA, outcome: 'closed', ended: 1 });
    expect((await trail.manifests(BETA)).at(-1)).toMatchObject({
      kind: 'closed',
      closedBecause: 'endpoint-deleted',
      chunks: [],
    });
    expect(await trail.items(`${BETA}#gaps`)).toEqual([
      expect.objectContaining({
        slot: '2026-11-20T07:58:00Z',
        end: '2026-11-20T08:05:00Z',
        reasons: ['endpoint-deleted'],
      }),
    ]);
    expect(await trail.connection(ID)).toMatchObject({
      end: { kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'] },
    });
    expect((await trail.recordAfter(5)).endpoints.map(({ endpointId }) => endpointId)).toEqual([ALPHA]);
    await expectSound(trail);
  });

  it('that is configured and does not exist is a failure, every time', async () => {
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA, BETA] };
    const { failures, oldestSnapshotAgeSeconds } = await trail.record();
    expect(failures).toEqual([expect.objectContaining({ endpointId: BETA, reason: 'endpoint-not-found' })]);
    expect(oldestSnapshotAgeSeconds).toBe(3600);
  });

  it('that is no longer configured has its log closed, and goes on with a gap that says so', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] };
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA, BETA] };
    await trail.record();
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA] };
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[1]).toMatchObject({ endpointId: BETA, outcome: 'closed', ended: 0 });
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    await trail.recordAfter(5);
    expect(await trail.manifests(BETA)).toHaveLength(2);
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA, BETA] };
    trail.rows[BETA] = [];
    const again = await trail.recordAfter(120);
    expect(again.endpoints[1]).toMatchObject({ outcome: 'committed', gap: { reasons: ['not-configured'] }, ended: 1 });
    await expectSound(trail);
  });

  it('that appears is recorded from then on', async () => {
    await trail.record();
    trail.rows[BETA] = [];
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
  });

  it('has its description kept as AWS gives it, written when it changes', async () => {
    await trail.record();
    const [before] = (await trail.items('#endpoints')).filter(({ slot }) => slot === `${ALPHA}#description`);
    expect(JSON.parse(String(before?.description))).toMatchObject({
      clientVpnEndpointId: ALPHA,
      clientCidrBlock: '172.31.0.0/16',
    });
  });
});

describe('a description that cannot be stored', () => {
  it('costs no snapshot, and the run says so', async () => {
    const ports = trail.ports();
    interrupt(ports, (_, proceed, input) =>
      JSON.stringify(input).includes('#description') ? Promise.reject(new Error('no')) : proceed(),
    );
    const { endpoints, failures } = await trail.record({}, ports);
    expect(endpoints).toEqual([expect.objectContaining({ outcome: 'committed', opened: 1 })]);
    expect(failures).toEqual([expect.objectContaining({ reason: 'store' })]);
    expect(await trail.manifests()).toHaveLength(1);
  });
});

describe('a retention', () => {
  it('lets chunks and ended connections expire, and keeps manifests and open connections', async () => {
    trail.options = { ...trail.options, RETENTION: 30 };
    trail.rows[ALPHA] = [alice, endedRow({ ...alice, connectionId: 'cvpn-connection-0b' }, '2026-11-20 07:59:00')];
    await trail.record();
    const expiry = Date.parse('2026-12-20T08:00:00Z') / 1000;
    const { snapshots, connections } = await trail.contents();
    const expiring = [...snapshots.values(), ...connections.values()].filter(
      ({ expiresAt }) => expiresAt !== undefined,
    );
    expect(expiring.map(({ slot, connectionId, expiresAt }) => [slot ?? connectionId, expiresAt])).toEqual([
      ['chunk', expiry],
      ['cvpn-connection-0b', expiry],
    ]);
    expect(await trail.manifests()).toEqual([expect.objectContaining({ chunksExpireAt: expiry })]);
  });
});

describe('a run that is short of time', () => {
  it('stops projecting at its deadline, says so, and the next run goes on where it stopped', async () => {
    const rows = Array.from({ length: 250 }, (_, index) =>
      activeRow(`cvpn-connection-${String(index).padStart(3, '0')}`, '2026-11-20 07:55:00'),
    );
    trail.rows[ALPHA] = rows;
    const ports = trail.ports();
    let asked = 0;
    // The clock passes the deadline while the connections are written, a hundred at a time.
    const now = () => new Date(trail.now.getTime() + (++asked > 5 ? 60_000 : 0));
    const summary = await trail.record({ deadline: new Date(trail.now.getTime() + 30_000) }, { ...ports, now });
    expect(summary.failures).toEqual([expect.objectContaining({ reason: 'timeout' })]);
    expect(await trail.manifests()).toHaveLength(1);
    const written = (await trail.scan(trail.options.CONNECTIONS_TABLE)).filter(({ start }) => start).length;
    expect(written).toBeLessThan(250);
    const next = await trail.recordAfter(5);
    expect(next.failures).toEqual([]);
    expect((await trail.scan(trail.options.CONNECTIONS_TABLE)).filter(({ start }) => start)).toHaveLength(250);
    await expectSound(trail);
  });
});

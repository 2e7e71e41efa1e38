import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { watermarkId } from '../../lambda/dynamodb/dynamodb-projection.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';

const ID = 'cvpn-connection-0a';
const OTHER = 'cvpn-connection-0b';
const alice = activeRow(ID, '2026-11-20 07:58:34');

const trail = useTrail();
const asked = useAskedTrail(trail);

const ask = async (parameters: string) => (await asked.ask<ConnectionsAnswer>(`/connections?${parameters}`)).body;
const ids = ({ connections }: ConnectionsAnswer) => connections.map(({ connectionId }) => connectionId);

describe('who had an address at an instant', () => {
  it('is answered with the connection, every field of it, its counters from the newest snapshot', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    const answer = await ask('ip=172.31.0.225&at=2026-11-20T08:03:00Z');
    expect(answer).toEqual({
      connections: [
        {
          connectionId: ID,
          endpointId: ALPHA,
          accountId: '123456789012',
          region: 'eu-central-1',
          status: 'active',
          establishedAt: '2026-11-20T07:58:34Z',
          commonName: 'alice.example.com',
          identity: 'alice.example.com',
          clientIp: '172.31.0.225',
          ingressBytes: 100,
          egressBytes: 200,
          ingressPackets: 3,
          egressPackets: 4,
          timestamp: '2026-11-20T08:00:00Z',
          durationSeconds: 686,
          firstSeenAt: '2026-11-20T08:05:00Z',
          firstSlot: '2026-11-20T08:05:00Z',
          lastSeenAt: '2026-11-20T08:10:00Z',
          lastSlot: '2026-11-20T08:10:00Z',
        },
      ],
      window: { since: '2026-11-20T08:03:00Z', until: '2026-11-20T08:03:00Z', match: 'overlap' },
      coverage: {
        complete: true,
        gaps: [],
        projectedThrough: '2026-11-20T08:10:00Z',
        pendingSince: '2026-11-20T08:08:00Z',
      },
    });
  });

  it('is nobody before it was given and after it was given back, and then the next one', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    const bob = activeRow(OTHER, '2026-11-20 08:20:00', { commonName: 'bob.example.com', clientIp: '172.31.0.225' });
    await lists(trail, { [ALPHA]: [endedRow(alice, '2026-11-20 08:11:00'), bob] }).recordTimes(4);
    expect(ids(await ask('ip=172.31.0.225&at=2026-11-20T07:58:33Z'))).toEqual([]);
    expect(ids(await ask('ip=172.31.0.225&at=2026-11-20T07:58:34Z'))).toEqual([ID]);
    expect(ids(await ask('ip=172.31.0.225&at=2026-11-20T08:11:00Z'))).toEqual([ID]);
    expect(await ask('ip=172.31.0.225&at=2026-11-20T08:11:01Z')).toMatchObject({
      connections: [],
      coverage: { complete: true },
    });
    expect(ids(await ask('ip=172.31.0.225&at=2026-11-20T08:20:00Z'))).toEqual([OTHER]);
  });
});

describe('what an answer says of itself', () => {
  it('is pending where the question reaches past the newest snapshot', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    expect(await ask('ip=172.31.0.225&at=2026-11-20T08:09:00Z')).toMatchObject({
      connections: [{ connectionId: ID, possible: true }],
      coverage: { complete: false, gaps: [], pendingSince: '2026-11-20T08:08:00Z' },
    });
  });

  it('names the gap that it touches, with the reason, and only then', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    await trail.recordAfter(180);
    const gap = {
      endpointId: ALPHA,
      start: '2026-11-20T08:08:00Z',
      end: '2026-11-20T10:12:00Z',
      reasons: ['no-run'],
    };
    expect((await ask('ip=172.31.0.9&at=2026-11-20T09:00:00Z')).coverage).toMatchObject({
      complete: false,
      gaps: [gap],
    });
    expect((await ask('ip=172.31.0.9&at=2026-11-20T08:07:00Z')).coverage).toMatchObject({ complete: true, gaps: [] });
    expect((await ask('ip=172.31.0.9&at=2026-11-20T10:13:00Z')).coverage).toMatchObject({ complete: true, gaps: [] });
    expect((await ask('user=alice.example.com')).coverage).toMatchObject({ complete: false, gaps: [gap] });
  });

  it('is that nothing is known before the first snapshot, and that nothing was recorded at all', async () => {
    expect((await ask('ip=172.31.0.9&at=2026-11-20T08:00:00Z')).coverage).toMatchObject({
      complete: false,
      gaps: [{ reasons: ['nothing-recorded'] }],
    });
    await trail.recordTimes(1);
    expect((await ask('ip=172.31.0.9&at=2026-11-20T07:00:00Z')).coverage).toMatchObject({
      complete: false,
      gaps: [{ endpointId: ALPHA, reasons: ['before-first-snapshot'] }],
    });
    expect((await ask('ip=172.31.0.9&at=2026-11-20T07:30:00Z')).coverage.complete).toBe(true);
  });

  it('is about what is proven where no window is given', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    expect(await ask('')).toMatchObject({
      connections: [{ connectionId: ID }],
      window: { since: '2026-11-20T07:07:00Z', until: '2026-11-20T08:08:00Z' },
      coverage: { complete: true },
    });
  });

  it('is not complete where two more snapshots should have followed: "up to now" is then not what is proven', async () => {
    await trail.recordTimes(2);
    trail.now = new Date('2026-11-20T08:22:00Z');
    expect(await ask('user=alice')).toMatchObject({
      window: { until: '2026-11-20T08:08:00Z' },
      coverage: { complete: true },
    });
    trail.now = new Date('2026-11-20T08:22:01Z');
    expect(await ask('user=alice')).toMatchObject({
      window: { until: '2026-11-20T08:22:01Z' },
      coverage: { complete: false, gaps: [], pendingSince: '2026-11-20T08:08:00Z' },
    });
  });

  it('is a gap that goes on while nobody records', async () => {
    await trail.recordTimes(1);
    trail.now = new Date('2026-11-20T12:00:00Z');
    expect((await ask('user=alice')).coverage).toMatchObject({
      complete: false,
      gaps: [{ start: '2026-11-20T08:03:00Z', end: '2026-11-20T11:02:00Z', reasons: ['no-run'], ongoing: true }],
    });
  });
});

describe('who is connected now', () => {
  it('is what the newest snapshot lists as not ended, of every endpoint', async () => {
    const bob = { ...activeRow(OTHER, '2026-11-20 08:01:00'), clientVpnEndpointId: BETA };
    const gone = endedRow(activeRow('cvpn-connection-0c', '2026-11-20 07:00:00'), '2026-11-20 08:00:00');
    await lists(trail, { [ALPHA]: [alice, gone], [BETA]: [bob] }).recordTimes(1);
    const answer = await ask('at=now');
    expect(ids(answer)).toEqual([OTHER, ID]);
    expect(answer.coverage).toMatchObject({ complete: true });
    expect(answer.connections[1]).toMatchObject({ ingressBytes: 100, lastSeenAt: '2026-11-20T08:05:00Z' });
    trail.now = new Date('2026-11-20T08:18:00Z');
    expect((await ask('at=now')).coverage.complete).toBe(false);
  });
});

describe('a name or an address in another spelling', () => {
  const stored = { ...alice, commonName: 'Joa\u0303o İnş', username: 'Strauß', clientIp: '::FFFF:10.100.0.99' };
  const ipv6 = { ...alice, connectionId: OTHER, clientIpv6Address: '2001:0DB8:0000:0000:0000:0000:0000:00AB' };

  it.each([
    ['user', 'jo\u00e3o inş', ID],
    ['user', 'JO\u00c3O INŞ', ID],
    ['user', 'STRAUSS', ID],
    ['username', 'Strauß', ID],
    ['commonName', 'Jo\u00e3o İnş', ID],
    ['ip', '10.100.0.99', ID],
    ['ip', '::ffff:10.100.0.99', ID],
    ['ip', '2001:db8::ab', OTHER],
    ['ip', '2001:DB8:0:0::AB', OTHER],
  ])('is found: %s=%s', async (parameter, value, id) => {
    await lists(trail, { [ALPHA]: [stored, { ...ipv6, clientIp: '172.31.0.7' }] }).recordTimes(1);
    for (const when of ['at=2026-11-20T08:03:00Z', 'at=now', '']) {
      const { connections } = await ask(`${new URLSearchParams({ [parameter]: value }).toString()}&${when}`);
      expect(connections.map(({ connectionId }) => connectionId)).toEqual([id]);
    }
    // What is shown is AWS's own text.
    const { connections } = await ask(`connectionId=${ID}`);
    expect(connections[0]).toMatchObject({ commonName: stored.commonName, clientIp: stored.clientIp });
  });
});

describe('connections that an earlier version stored, with other index keys', () => {
  it('are not added to and not searched, until they are made again; the snapshots go on', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(1);
    const { documents } = trail.tables;
    const Key = { connectionId: watermarkId(ALPHA) };
    const TableName = trail.options.CONNECTIONS_TABLE;
    await documents.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE keyForm' }));
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints[0]).toMatchObject({
      outcome: 'failed',
      failure: { reason: 'store' },
      capturedAt: expect.any(String),
    });
    expect(endpoints[0]?.failure?.message).toContain('cvpn-audit rebuild');
    const refused = await asked.ask('/connections?user=alice.example.com');
    expect(refused).toMatchObject({ status: 503, body: { type: '/problems/connections-outdated' } });
    expect(asked.errors.splice(0)).toHaveLength(1);
    expect(ids(await ask('at=now'))).toEqual([ID]);
  });
});

describe('a connection whose times contradict each other', () => {
  const EARLY = '2026-11-20T06:30:00Z';
  const LATE = '2026-11-20T07:30:00Z';
  const names = ['', 'user=alice.example.com', 'ip=172.31.0.225', `endpoint=${ALPHA}`, `connectionId=${ID}`];
  const possible = async (question: string) =>
    (await ask(question)).connections.map(({ connectionId, possible: isPossible }) => [
      connectionId,
      isPossible === true,
    ]);

  it('is found by either time, between them, and by every window, and counted', async () => {
    const backwards = endedRow({ ...alice, connectionEstablishedTime: '2026-11-20 07:30:00' }, '2026-11-20 06:30:00');
    const { endpoints } = await lists(trail, { [ALPHA]: [backwards] }).record();
    expect(endpoints[0]).toMatchObject({ opened: 1, ended: 1, anomalies: 1 });
    for (const name of names) {
      for (const time of [EARLY, '2026-11-20T07:00:00Z', LATE]) {
        expect(await possible(`${name}&at=${time}`), `${name} at ${time}`).toEqual([[ID, true]]);
      }
      expect(await possible(`${name}&since=${EARLY}&until=${LATE}`)).toEqual([[ID, false]]);
      expect(await possible(`${name}&since=${EARLY}&until=2026-11-20T07:29:59Z`)).toEqual([[ID, true]]);
      expect(await possible(`${name}&until=2026-11-20T06:29:59Z`)).toEqual([]);
      expect(await possible(`${name}&since=2026-11-20T07:30:01Z`)).toEqual([]);
      expect(await possible(`${name}&match=started&since=${LATE}&until=${LATE}`)).toEqual([[ID, false]]);
      expect(await possible(`${name}&match=started&until=${EARLY}`)).toEqual([]);
      expect(await possible(`${name}&match=ended&since=${EARLY}&until=${EARLY}`)).toEqual([[ID, false]]);
    }
    const [connection] = (await ask('')).connections;
    expect(connection).toMatchObject({ establishedAt: LATE, endedAt: EARLY });
    expect(connection).not.toHaveProperty('durationSeconds');
  });

  it('is found from its first sight on, where it was to be established years later, and ends all the same', async () => {
    trail.rows = { [ALPHA]: [{ ...alice, connectionEstablishedTime: '2099-01-01 00:00:00' }] };
    expect((await trail.record()).endpoints[0]).toMatchObject({ anomalies: 1 });
    trail.rows = { [ALPHA]: [] };
    for (let time = 0; time < 15; time += 1) await trail.recordAfter(5);
    const [connection] = (await ask(`connectionId=${ID}`)).connections;
    const { firstSeenAt = '' } = connection ?? {};
    expect(connection?.end?.between?.[1]).toBe('2026-11-20T08:05:00Z');
    for (const name of names)
      expect(await possible(`${name}&at=${firstSeenAt}`), `asked ${name}`).toEqual([[ID, true]]);
  });
});

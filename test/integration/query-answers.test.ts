import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:58:34');
const trail = useTrail();
const asked = useAskedTrail(trail);

const ask = async (parameters: string) => (await asked.ask<ConnectionsAnswer>(`/connections?${parameters}`)).body;
const ids = ({ connections }: ConnectionsAnswer) => connections.map(({ connectionId }) => connectionId);
const at = (time: string) => `ip=172.31.0.225&at=2026-11-20T${time}Z`;

describe('a counter above 2^53', () => {
  it('is exact in the text of every answer, of a live connection and of one that has ended', async () => {
    const big = { ingressBytes: '9007199254740993', egressBytes: '17014118346046923173168730371588410572' };
    await lists(trail, { [ALPHA]: [{ ...alice, ...big }] }).recordTimes(1);
    const texts = ['/connections', '/connections?at=now', `/connections/${ID}`];
    const expectExact = async () => {
      for (const question of texts) {
        const text = await (await asked.fetch(question)).text();
        expect(text).toContain('"ingressBytes":9007199254740993,');
        expect(text).toContain('"egressBytes":17014118346046923173168730371588410572,');
      }
    };
    await expectExact();
    await lists(trail, { [ALPHA]: [endedRow({ ...alice, ...big }, '2026-11-20 08:06:00')] }).recordTimes(1);
    texts.splice(1, 1);
    await expectExact();
  });
});

describe('a connection that vanished without an end', () => {
  beforeEach(async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    trail.rows = { [ALPHA]: [] };
  });

  it('is unlisted at first: certain while it was seen, possible from then on', async () => {
    await trail.recordTimes(1);
    const [seen] = (await ask(at('08:08:00'))).connections;
    expect(seen).toMatchObject({ status: 'active', unlistedSince: '2026-11-20T08:15:00Z', ingressBytes: 100 });
    expect(seen).not.toHaveProperty('possible');
    expect(seen).not.toHaveProperty('end');
    expect((await ask(at('08:08:01'))).connections).toMatchObject([{ connectionId: ID, possible: true }]);
    expect((await ask(at('08:14:00'))).connections).toMatchObject([{ connectionId: ID, possible: true }]);
    expect((await ask('at=now')).connections).toMatchObject([{ connectionId: ID, possible: true }]);
  });

  it('has an inferred end once an hour has proven it: possible between the bounds, nobody after them', async () => {
    await trail.recordTimes(14);
    const [connection] = (await ask(at('08:08:00'))).connections;
    expect(connection).toMatchObject({
      status: 'active',
      end: { kind: 'inferred', between: ['2026-11-20T08:08:00Z', '2026-11-20T08:15:00Z'] },
      durationSeconds: 566,
    });
    expect(connection).not.toHaveProperty('possible');
    expect(connection).not.toHaveProperty('endedAt');
    expect((await ask(at('08:08:01'))).connections).toMatchObject([{ possible: true }]);
    expect((await ask(at('08:15:00'))).connections).toMatchObject([{ possible: true }]);
    expect(await ask(at('08:15:01'))).toMatchObject({ connections: [], coverage: { complete: true } });
    expect(ids(await ask('status=active'))).toEqual([]);
    expect(ids(await ask('status=terminated'))).toEqual([ID]);
  });

  it('was over when its address was given to the next one', async () => {
    const next = activeRow('cvpn-connection-0b', '2026-11-20 08:12:00', { clientIp: '172.31.0.225' });
    await lists(trail, { [ALPHA]: [next] }).recordTimes(14);
    expect(ids(await ask(at('08:11:00')))).toEqual([ID]);
    expect(
      (await ask(at('08:13:00'))).connections.map(({ connectionId, possible }) => [connectionId, possible]),
    ).toEqual([['cvpn-connection-0b', undefined]]);
  });
});

describe('what has expired under the trail’s retention', () => {
  it('is left out, although DynamoDB has not deleted it yet', async () => {
    trail.options = { ...trail.options, RETENTION: 1 };
    trail.rows = {
      [ALPHA]: [endedRow(alice, '2026-11-20 08:00:00'), activeRow('cvpn-connection-0b', '2026-11-20 08:01:00')],
    };
    await trail.recordTimes(1);
    const gone = [
      'limit=10',
      at('07:59:00'),
      'user=alice.example.com&until=2026-11-20T08:00:30Z',
      `connectionId=${ID}`,
    ];
    for (const question of gone) expect(ids(await ask(question)), `${question} before`).toContain(ID);
    trail.now = new Date('2026-11-22T08:05:00Z');
    for (const question of gone) expect(ids(await ask(question)), `${question} after`).not.toContain(ID);
    expect((await asked.fetch(`/connections/${ID}`)).status).toBe(404);
    expect(ids(await ask('limit=10'))).toEqual(['cvpn-connection-0b']);
  });
});

describe('two endpoints with the same range of addresses', () => {
  it('each have their holder of an address', async () => {
    const ofBeta = { clientVpnEndpointId: BETA, clientIp: '172.31.0.225' };
    const bob = activeRow('cvpn-connection-0b', '2026-11-20 08:01:00', ofBeta);
    await lists(trail, { [ALPHA]: [alice], [BETA]: [bob] }).recordTimes(1);
    expect(ids(await ask(at('08:02:00')))).toEqual(['cvpn-connection-0b', ID]);
    expect(ids(await ask(`${at('08:02:00')}&endpoint=${ALPHA}`))).toEqual([ID]);
  });
});

describe('an address of IPv6', () => {
  it('is found however it is written', async () => {
    await lists(trail, { [ALPHA]: [{ ...alice, clientIpv6Address: 'fd00:0:0:1::a' }] }).recordTimes(1);
    for (const text of ['fd00:0:0:1::a', 'FD00:0:0:1::A', 'fd00:0:0:1:0:0:0:a']) {
      expect(ids(await ask(`ip=${text}&at=2026-11-20T08:00:00Z`)), `asked as ${text}`).toEqual([ID]);
    }
    expect(ids(await ask('ip=fd00::a'))).toEqual([]);
  });
});

describe('who is connected now, on pages', () => {
  it('is of one moment: the snapshot that the first page was of', async () => {
    const row = (number: number) => activeRow(`cvpn-connection-0${number}`, `2026-11-20 08:0${number}:00`);
    await lists(trail, { [ALPHA]: [row(0), row(1), row(2)] }).recordTimes(1);
    const first = await ask('at=now&limit=2');
    await lists(trail, { [ALPHA]: [row(3)] }).recordTimes(1);
    const second = await ask(`at=now&limit=2&cursor=${first.cursor}`);
    expect([...ids(first), ...ids(second)]).toEqual(['cvpn-connection-02', 'cvpn-connection-01', 'cvpn-connection-00']);
    expect(second).not.toHaveProperty('cursor');
    const now = (await ask('at=now')).connections;
    expect(now.flatMap(({ connectionId, possible }) => (possible ? [] : connectionId))).toEqual(['cvpn-connection-03']);
  });
});

describe('a window that begins after all that is known', () => {
  it('is not complete, with an end and without one', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(1);
    const pending = { complete: false, pendingSince: '2026-11-20T08:03:00Z' };
    expect((await ask('since=2026-11-20T08:04:00Z&user=nobody')).coverage).toMatchObject(pending);
    expect((await ask('since=2026-11-20T08:04:00Z&until=2026-11-20T08:05:00Z&user=nobody')).coverage).toMatchObject(
      pending,
    );
    expect((await ask('since=2026-11-20T08:03:00Z&user=nobody')).coverage).toMatchObject({ complete: true });
  });
});

describe('a time at the ends of the calendar', () => {
  it.each([
    'at=0000-01-01T00:00:00Z',
    'at=9999-12-31T23:59:59Z',
    'since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59Z',
    'user=alice.example.com&since=0000-01-01T00:00:00Z&match=ended',
    'since=9999-12-31T23:59:59Z',
  ])('%s is answered', async (question) => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(1);
    const { status, body } = await asked.ask<ConnectionsAnswer>(`/connections?${question}`);
    expect(status).toBe(200);
    expect(body.coverage.complete).toBe(false);
  });
});

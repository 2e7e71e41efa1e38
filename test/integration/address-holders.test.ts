import { describe, expect, it } from 'vitest';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { configured, lists, useTrail } from '../support/recording/use-trail.ts';

const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:58:34');

const trail = useTrail();
const asked = useAskedTrail(trail);

/** The ids that an answer lists, with `?` for those that are only possible; and `incomplete` where it says so. */
async function found(parameters: string): Promise<string[]> {
  const { body } = await asked.ask<ConnectionsAnswer>(`/connections?${parameters}`);
  const ids = body.connections.map(({ connectionId, possible }) => connectionId.slice(-2) + (possible ? '?' : ''));
  return body.coverage.complete ? ids : [...ids, 'incomplete'];
}

describe('an address that is in no client CIDR, or in that of another endpoint only', () => {
  it('is found at the endpoint that listed it, and the answer is about all that are asked', async () => {
    await lists(configured(trail, { ENDPOINTS: [ALPHA, BETA] }), { [ALPHA]: [alice], [BETA]: [] }).recordTimes(2);
    await trail.log.putDescription(ALPHA, { clientCidrBlock: '10.0.0.0/22' });
    await trail.log.putDescription(BETA, { clientCidrBlock: '172.31.0.0/16' });
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:03:00Z')).toEqual(['0a']);
    expect(await found('ip=172.31.0.225&at=now')).toEqual(['0a']);
    // Only beta is recorded from then on.
    await configured(trail, { ENDPOINTS: [BETA] }).recordTimes(4);
    expect(await found('ip=192.168.0.1&at=2026-11-20T08:20:00Z')).toEqual(['incomplete']);
    expect(await found(`ip=192.168.0.1&endpoint=${BETA}&at=2026-11-20T08:20:00Z`)).toEqual([]);
    await expectSound(trail);
  });
});

describe('a connection that AWS still lists when its address goes to the next client', () => {
  const stuck = { ...alice, status: { code: 'failed-to-terminate' } };
  const bob = activeRow('cvpn-connection-0b', '2026-11-20 08:20:00', { clientIp: '172.31.0.225' });

  it('is named beside it, and both are an anomaly', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    await lists(trail, { [ALPHA]: [stuck] }).recordTimes(2);
    expect((await lists(trail, { [ALPHA]: [stuck, bob] }).recordAfter(5)).endpoints[0]).toMatchObject({ anomalies: 2 });
    await trail.recordTimes(2);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:19:59Z')).toEqual(['0a']);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:26:00Z')).toEqual(['0b', '0a']);
    expect(await found('ip=172.31.0.225&at=now')).toEqual(['0b', '0a']);
    await lists(trail, { [ALPHA]: [endedRow(stuck, '2026-11-20 08:36:00'), bob] }).recordTimes(2);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:36:00Z')).toEqual(['0b', '0a']);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:36:01Z')).toEqual(['0b']);
    await expectSound(trail);
  });

  it('is not one that it lists no more, nor one that had ended before', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(2);
    await lists(trail, { [ALPHA]: [] }).recordAfter(5);
    await lists(trail, { [ALPHA]: [bob] }).recordTimes(2);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:20:01Z')).toEqual(['0b', '0a?']);
    await lists(trail, { [ALPHA]: [endedRow(alice, '2026-11-20 08:12:00'), bob] }).recordTimes(2);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:12:00Z')).toEqual(['0a']);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:20:01Z')).toEqual(['0b']);
    expect((await trail.scan(trail.options.CONNECTIONS_TABLE)).filter((item) => item.sharesAddress)).toEqual([]);
  });

  it.each([
    ['the next one is hidden when it is back', 5],
    ['the next one has come and gone before an outage', 70],
  ])('is named although no answer has both: %s', async (_, minutes) => {
    const carol = activeRow('cvpn-connection-0c', '2026-11-20 08:21:00', { clientIp: '172.31.0.226' });
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(3);
    await lists(trail, { [ALPHA]: [bob] }).recordTimes(2);
    await lists(trail, { [ALPHA]: [alice, carol] }).recordAfter(minutes);
    await trail.recordTimes(14);
    expect(await found('ip=172.31.0.225&at=2026-11-20T08:20:30Z')).toEqual(['0b', '0a']);
    expect(await found('ip=172.31.0.225&at=now')).toEqual(['0a']);
    expect(await found('ip=172.31.0.226&at=2026-11-20T08:21:30Z')).toEqual(['0c']);
    const shared = (await trail.scan(trail.options.CONNECTIONS_TABLE)).filter((item) => item.sharesAddress);
    expect(shared.map(({ connectionId }) => connectionId)).toEqual(['cvpn-connection-0a', 'cvpn-connection-0b']);
    await expectSound(trail);
  });
});

describe('a connection that is not listed any more', () => {
  // The mark comes with an entry of its own, or with the one that proves the end.
  it.each([1, 12])(
    'ends where absence proves it, although AWS lists another with its address late: %i slots later',
    async (later) => {
      const carol = activeRow('cvpn-connection-0c', '2026-11-20 07:57:00', { clientIp: '172.31.0.226' });
      const late = activeRow('cvpn-connection-0b', '2026-11-20 07:59:00', { clientIp: '172.31.0.225' });
      // What it was listed with is read again, because another one went missing before.
      await lists(trail, { [ALPHA]: [alice, carol] }).recordAfter(5);
      await lists(trail, { [ALPHA]: [alice] }).recordAfter(5);
      await lists(trail, { [ALPHA]: [] }).recordTimes(later);
      expect(await trail.connection('cvpn-connection-0a')).toMatchObject({ unlistedSince: '2026-11-20T08:15:00Z' });
      await lists(trail, { [ALPHA]: [late] }).recordAfter(10);
      await trail.recordTimes(13 - later);
      expect(await trail.connection('cvpn-connection-0a')).toMatchObject({
        sharesAddress: true,
        end: { kind: 'inferred', between: ['2026-11-20T08:08:00Z', '2026-11-20T08:15:00Z'] },
      });
      await expectSound(trail);
    },
  );
});

describe('a connection whose name and address AWS changes', () => {
  it('is found by both, each for its time, and shows what it was called', async () => {
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(3);
    const renamed = { ...alice, commonName: 'bob.example.com', clientIp: '10.9.0.1' };
    expect((await lists(trail, { [ALPHA]: [renamed] }).recordAfter(5)).endpoints[0]).toMatchObject({ anomalies: 1 });
    await trail.recordTimes(3);
    for (const [before, after] of [
      ['ip=172.31.0.225', 'ip=10.9.0.1'],
      ['user=alice.example.com', 'user=bob.example.com'],
    ]) {
      const at = async (filter: string | undefined, times: string[]) =>
        Promise.all(times.map((time) => found(`${filter}&at=2026-11-20T${time}Z`)));
      expect(await at(before, ['08:12:00', '08:19:00', '08:25:00'])).toEqual([['0a'], ['0a?'], []]);
      expect(await at(after, ['08:12:00', '08:19:00', '08:25:00'])).toEqual([[], ['0a?'], ['0a']]);
    }
    expect(await found('at=2026-11-20T08:19:00Z')).toEqual(['0a']);
    const { body } = await asked.ask<ConnectionsAnswer>('/connections');
    expect(body.connections[0]?.former).toEqual([
      {
        commonName: 'alice.example.com',
        clientIp: '172.31.0.225',
        between: ['2026-11-20T08:13:00Z', '2026-11-20T08:20:00Z'],
      },
    ]);
    await expectSound(trail);
  });
});

describe('an establishment time that lies days ahead until AWS corrects it', () => {
  it('is in the list of everything, with the anomaly', async () => {
    lists(trail, { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-23 07:58:34')] });
    expect((await trail.recordAfter(5)).endpoints[0]).toMatchObject({ anomalies: 1 });
    await trail.recordAfter(5);
    expect(await found('')).toEqual(['0a']);
    expect(await found('at=2026-11-20T08:06:00Z')).toEqual(['0a?']);
    await lists(trail, { [ALPHA]: [alice] }).recordAfter(5);
    expect(await found('')).toEqual(['0a']);
    expect(await found('at=2026-11-20T08:06:00Z')).toEqual(['0a']);
    await expectSound(trail);
  });
});

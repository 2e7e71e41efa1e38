import { describe, expect, it } from 'vitest';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { configured, lists, useTrail } from '../support/recording/use-trail.ts';
import { recordWithout } from '../support/servers/interrupted-clients.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const trail = useTrail({ [ALPHA]: [alice] });

describe('an endpoint', () => {
  it('that was deleted gets a closing entry, its connections an inferred end, and is not asked for again', async () => {
    await lists(trail, { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] }).record();
    const { endpoints, failures } = await lists(trail, { [ALPHA]: [] }).recordAfter(5);
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
        end: '2026-11-20T08:07:00Z',
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
    const { failures, oldestSnapshotAgeSeconds } = await configured(trail, { ENDPOINTS: [ALPHA, BETA] }).record();
    expect(failures).toEqual([expect.objectContaining({ endpointId: BETA, reason: 'endpoint-not-found' })]);
    expect(oldestSnapshotAgeSeconds).toBe(3600);
  });

  it('that is no longer configured has its log closed, and goes on with a gap that says so', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] };
    await configured(trail, { ENDPOINTS: [ALPHA, BETA] }).record();
    const { endpoints } = await configured(trail, { ENDPOINTS: [ALPHA] }).recordAfter(5);
    expect(endpoints[1]).toMatchObject({ endpointId: BETA, outcome: 'closed', ended: 0 });
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    await trail.recordAfter(5);
    expect(await trail.manifests(BETA)).toHaveLength(2);
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA, BETA] };
    trail.rows[BETA] = [];
    const again = await trail.recordAfter(120);
    expect(again.endpoints[1]).toMatchObject({ outcome: 'committed', gap: { reasons: ['not-configured'] }, ended: 0 });
    expect(await trail.connection(ID)).toMatchObject({ unlistedSince: '2026-11-20T10:10:00Z' });
    await expectSound(trail);
  });

  it('that was deleted and is there again has a gap that says so', async () => {
    await lists(trail, { [ALPHA]: [], [BETA]: [] }).record();
    await lists(trail, { [ALPHA]: [] }).recordAfter(5);
    const { endpoints } = await lists(trail, { [ALPHA]: [], [BETA]: [] }).recordAfter(90);
    expect(endpoints[1]).toMatchObject({ outcome: 'committed', gap: { reasons: ['endpoint-deleted'] } });
  });

  it('that appears is recorded from then on', async () => {
    await trail.record();
    trail.rows[BETA] = [];
    const { endpoints } = await trail.recordAfter(5);
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
  });
});

describe('the logs of others', () => {
  it.each([{ REGION: 'us-east-1' }, { ACCOUNT_ID: '999988887777' }])(
    'are neither recorded nor closed by a run in another Region or account: %j',
    async (other) => {
      await trail.record();
      const { endpoints, failures } = await lists(configured(trail, { ...other }), { [BETA]: [] }).recordAfter(5);
      expect(failures).toEqual([]);
      expect(endpoints.map(({ endpointId }) => endpointId)).toEqual([BETA]);
      expect(await trail.manifests(ALPHA)).toHaveLength(1);
    },
  );

  it('are not closed by a run whose account nothing tells', async () => {
    await trail.record();
    const { failures } = await lists(trail, {}).recordAfter(5);
    expect(failures).toEqual([expect.objectContaining({ endpointId: ALPHA, reason: 'endpoint-not-found' })]);
    expect(await trail.manifests(ALPHA)).toHaveLength(1);
  });
});

describe('a slip of the pen in the configured ids', () => {
  it('closes no log of what was meant', async () => {
    await trail.record();
    trail.options = { ...trail.options, ENDPOINTS: ['cvpn-endpoint-0cccccccccccccccc'] };
    const { endpoints, failures } = await trail.recordAfter(5);
    expect(endpoints.map(({ outcome }) => outcome)).toEqual(['committed', 'failed']);
    expect(failures).toEqual([expect.objectContaining({ reason: 'endpoint-not-found' })]);
  });
});

describe('a description that cannot be stored', () => {
  it('costs no snapshot, and the run says so', async () => {
    const isDescription = (_: string, input: unknown) => JSON.stringify(input).includes('#description');
    const { endpoints, failures } = await recordWithout(trail, isDescription, 0);
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

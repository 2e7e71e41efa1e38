import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { toWatermarkItem, watermarkId } from '../../lambda/dynamodb/dynamodb-projection.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import type { EndpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';

const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:58:34');
const trail = useTrail({ [ALPHA]: [alice] });
const asked = useAskedTrail(trail);

const coverage = async (parameters = '') => (await asked.ask<CoverageAnswer>(`/coverage?${parameters}`)).body;
const endpoints = async () => (await asked.ask<EndpointsAnswer>('/endpoints')).body.endpoints;

/** A way to set the watermark back to what it is now: as if nothing later had been projected. */
async function watermarkNow(): Promise<() => Promise<unknown>> {
  const TableName = trail.options.CONNECTIONS_TABLE;
  const Item = (await trail.scan(TableName)).find(({ connectionId }) => connectionId === `#watermark#${ALPHA}`);
  return () => trail.tables.documents.send(new PutCommand({ TableName, Item }));
}

describe('the coverage of an endpoint', () => {
  it('is proven from an hour before the first snapshot to shortly before the newest', async () => {
    await trail.recordTimes(3);
    expect(await coverage()).toEqual({
      window: { since: '2026-11-20T07:07:00Z', until: '2026-11-20T08:13:00Z' },
      complete: true,
      endpoints: [
        {
          endpointId: ALPHA,
          accountId: '123456789012',
          region: 'eu-central-1',
          complete: true,
          proven: [{ start: '2026-11-20T07:07:00Z', end: '2026-11-20T08:13:00Z' }],
          gaps: [],
          pendingSince: '2026-11-20T08:13:00Z',
          projectedThrough: '2026-11-20T08:15:00Z',
        },
      ],
      assumptions: expect.arrayContaining([expect.stringContaining('60 minutes')]),
    });
  });

  it('is not complete up to an end before all that is proven', async () => {
    await trail.recordTimes(1);
    const until = '2026-11-20T06:00:00Z';
    const window = { since: until, until };
    expect(await coverage(`until=${until}`)).toMatchObject({ window, complete: false });
    const { body } = await asked.ask(`/connections?until=${until}`);
    expect(body).toMatchObject({
      connections: [],
      window,
      coverage: { complete: false, gaps: [{ start: until, end: until, reasons: ['before-first-snapshot'] }] },
    });
  });

  it('is two stretches with a gap in between, and its reason', async () => {
    await trail.recordTimes(2);
    trail.ec2.fault = ({ action, refuse }) =>
      action !== 'DescribeClientVpnEndpoints' && refuse('UnauthorizedOperation');
    await trail.recordTimes(24);
    trail.ec2.fault = () => false;
    await trail.recordTimes(2);
    const [endpoint] = (await coverage()).endpoints;
    expect(endpoint).toMatchObject({
      complete: false,
      proven: [
        { start: '2026-11-20T07:07:00Z', end: '2026-11-20T08:08:00Z' },
        { start: '2026-11-20T09:17:00Z', end: '2026-11-20T10:18:00Z' },
      ],
      gaps: [{ start: '2026-11-20T08:08:00Z', end: '2026-11-20T09:17:00Z', reasons: ['access-denied'] }],
    });
  });

  it('is of the window that is asked for, cut at its ends', async () => {
    await trail.recordTimes(2);
    await trail.recordAfter(180);
    const answer = await coverage('since=2026-11-20T08:00:00Z&until=2026-11-20T10:30:00Z');
    expect(answer.window).toEqual({ since: '2026-11-20T08:00:00Z', until: '2026-11-20T10:30:00Z' });
    expect(answer.endpoints[0]?.proven).toEqual([
      { start: '2026-11-20T08:00:00Z', end: '2026-11-20T08:08:00Z' },
      { start: '2026-11-20T10:12:00Z', end: '2026-11-20T10:30:00Z' },
    ]);
    expect(await coverage('since=2026-11-20T10:12:01Z&until=2026-11-20T10:30:00Z')).toMatchObject({ complete: true });
    expect(await coverage('since=2026-11-20T11:00:00Z&until=2026-11-20T11:20:00Z')).toMatchObject({
      complete: false,
      endpoints: [{ gaps: [], pendingSince: '2026-11-20T11:08:00Z' }],
    });
  });

  it('before its first snapshot is a gap, and from its creation on it is not', async () => {
    await trail.recordTimes(1);
    expect(await coverage('since=2026-11-20T06:00:00Z&until=2026-11-20T08:00:00Z')).toMatchObject({
      complete: false,
      endpoints: [
        { gaps: [{ start: '2026-11-20T06:00:00Z', end: '2026-11-20T07:07:00Z', reasons: ['before-first-snapshot'] }] },
      ],
    });
    await trail.log.putDescription(ALPHA, { creationTime: '2026-11-20T07:30:00' });
    expect(await coverage('since=2026-11-20T06:00:00Z&until=2026-11-20T08:00:00Z')).toMatchObject({
      complete: true,
      endpoints: [{ createdAt: '2026-11-20T07:30:00Z', proven: [{ start: '2026-11-20T07:30:00Z' }] }],
    });
  });

  it('that was created later does not shorten what is proven of the others', async () => {
    await trail.recordTimes(1);
    for (let times = 0; times < 3; times += 1) await trail.recordAfter(45);
    await lists(trail, { [ALPHA]: [alice], [BETA]: [] }).recordTimes(1);
    await trail.log.putDescription(BETA, { creationTime: '2026-11-20T10:15:00' });
    const answer = await coverage();
    expect(answer).toMatchObject({ complete: true, window: { since: '2026-11-20T07:07:00Z' } });
    expect(answer.endpoints.map(({ proven }) => proven[0]?.start)).toEqual([
      '2026-11-20T07:07:00Z',
      '2026-11-20T10:15:00Z',
    ]);
  });

  it('that was deleted is complete ever after, and pending nothing', async () => {
    await lists(trail, { [ALPHA]: [alice], [BETA]: [] }).recordTimes(2);
    await lists(trail, { [BETA]: [] }).recordTimes(2);
    const after = await coverage(`endpoint=${ALPHA}&since=2026-11-20T08:17:01Z&until=2026-11-20T20:00:00Z`);
    expect(after).toMatchObject({ complete: true, endpoints: [{ gaps: [], deletedAt: '2026-11-20T08:15:00Z' }] });
    expect(after.endpoints[0]).not.toHaveProperty('pendingSince');
    // Who came after its last snapshot and left before its deletion nobody knows; AWS's clock may be behind.
    expect((await coverage(`endpoint=${ALPHA}&since=2026-11-20T08:00:00Z`)).endpoints[0]?.gaps).toMatchObject([
      { start: '2026-11-20T08:08:00Z', end: '2026-11-20T08:17:00Z', reasons: ['endpoint-deleted'] },
    ]);
    expect(after.assumptions).toContainEqual(expect.stringContaining('was deleted'));
  });

  it('that was deleted is pending where its last snapshots are not projected', async () => {
    await lists(trail, { [ALPHA]: [alice], [BETA]: [] }).recordTimes(2);
    const restore = await watermarkNow();
    trail.rows = { [ALPHA]: [alice, activeRow('cvpn-connection-0b', '2026-11-20 08:12:00')], [BETA]: [] };
    await trail.recordTimes(1);
    await lists(trail, { [BETA]: [] }).recordTimes(1);
    await restore();
    const question = `endpoint=${ALPHA}&since=2026-11-20T08:00:00Z&until=2026-11-20T08:12:30Z`;
    expect(await coverage(question)).toMatchObject({
      complete: false,
      endpoints: [{ gaps: [], pendingSince: '2026-11-20T08:08:00Z', deletedAt: '2026-11-20T08:20:00Z' }],
    });
  });

  it.each([
    ['not projected', undefined],
    ['partly projected', { entry: -1, slot: '', s: '', f: '', unlisted: [], partialAfter: 'cvpn-connection-0a' }],
  ])('is pending from what its first snapshot proves on, where that is %s', async (_, watermark) => {
    await trail.recordTimes(1);
    const TableName = trail.options.CONNECTIONS_TABLE;
    const { documents } = trail.tables;
    if (watermark) {
      await documents.send(new PutCommand({ TableName, Item: toWatermarkItem({ endpointId: ALPHA, ...watermark }) }));
    } else await documents.send(new DeleteCommand({ TableName, Key: { connectionId: watermarkId(ALPHA) } }));
    for (const path of [
      '/connections',
      `/connections?at=2026-11-20T07:35:00Z`,
      '/connections?user=alice',
      '/endpoints',
    ]) {
      const { status } = await asked.ask(path);
      expect({ path, status }).toEqual({ path, status: 200 });
    }
    expect(await coverage('since=2026-11-20T07:30:00Z&until=2026-11-20T07:40:00Z')).toMatchObject({
      complete: false,
      endpoints: [{ proven: [], gaps: [], pendingSince: '2026-11-20T07:07:00Z' }],
    });
  });

  it('has no gap, and pends on nothing, before its creation', async () => {
    await trail.recordTimes(1);
    await trail.recordAfter(64);
    await trail.log.putDescription(ALPHA, {
      creationTime: '2026-11-20T08:04:00',
      tagSet: [{ key: 'Name', value: 'x' }],
    });
    const [endpoint] = (await coverage('since=2026-11-20T07:00:00Z&until=2026-11-20T09:00:00Z')).endpoints;
    expect(endpoint).toMatchObject({
      name: 'x',
      proven: [{ start: '2026-11-20T08:11:00Z', end: '2026-11-20T09:00:00Z' }],
      gaps: [{ start: '2026-11-20T08:04:00Z', end: '2026-11-20T08:11:00Z' }],
    });
    expect((await coverage('since=2026-11-20T08:03:10Z&until=2026-11-20T08:03:50Z')).complete).toBe(true);
  });

  it('whose newest projected snapshot has a row without an id is not known up to that one', async () => {
    await trail.recordTimes(2);
    const { connectionId: _, ...nameless } = alice;
    await lists(trail, { [ALPHA]: [nameless] }).recordTimes(1);
    const restore = await watermarkNow();
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(1);
    await restore();
    expect(await coverage('since=2026-11-20T08:00:00Z&until=2026-11-20T08:12:00Z')).toMatchObject({
      complete: false,
      endpoints: [{ gaps: [], pendingSince: '2026-11-20T08:08:00Z' }],
    });
  });

  it('that is no longer configured is a gap that nobody is going to end', async () => {
    await lists(trail, { [ALPHA]: [alice], [BETA]: [] }).recordTimes(2);
    trail.options = { ...trail.options, ENDPOINTS: [BETA] };
    await trail.recordTimes(2);
    trail.now = new Date('2026-11-20T12:00:00Z');
    const [endpoint] = (await coverage(`endpoint=${ALPHA}&until=2026-11-20T11:00:00Z`)).endpoints;
    expect(endpoint).toMatchObject({
      complete: false,
      gaps: [{ start: '2026-11-20T08:08:00Z', reasons: ['not-configured'], ongoing: true }],
    });
    const future = await coverage(`endpoint=${ALPHA}&since=2026-11-21T00:00:00Z&until=2026-11-22T00:00:00Z`);
    expect(future).toMatchObject({ complete: false, endpoints: [{ complete: false, proven: [] }] });
  });

  it('is not proven by snapshots with a row that names no connection', async () => {
    await trail.recordTimes(1);
    const { connectionId: _, ...nameless } = alice;
    trail.rows = { [ALPHA]: [nameless] };
    for (let hours = 0; hours < 2; hours += 1) await trail.recordAfter(45);
    const [endpoint] = (await coverage('until=2026-11-20T09:30:00Z')).endpoints;
    expect(endpoint).toMatchObject({ complete: false });
    expect(endpoint?.gaps).toMatchObject([{ start: '2026-11-20T08:03:00Z', reasons: ['unidentified-rows'] }]);
  });
});

describe('the endpoints', () => {
  it('are those that are recorded, with what is known of each', async () => {
    await lists(trail, { [ALPHA]: [alice], [BETA]: [] }).recordTimes(2);
    await lists(trail, { [ALPHA]: [alice] }).recordTimes(1);
    await trail.log.putDescription(ALPHA, {
      clientCidrBlock: '172.31.0.0/16',
      tagSet: [{ key: 'Name', value: 'head office' }],
    });
    const [alpha, beta] = await endpoints();
    expect(alpha).toEqual({
      endpointId: ALPHA,
      state: 'open',
      accountId: '123456789012',
      region: 'eu-central-1',
      firstSeenAt: '2026-11-20T08:05:00Z',
      lastSlot: '2026-11-20T08:15:00Z',
      lastSnapshotAt: '2026-11-20T08:15:00Z',
      entries: 3,
      projectedThrough: '2026-11-20T08:15:00Z',
      pendingSince: '2026-11-20T08:13:00Z',
      clientCidrBlock: '172.31.0.0/16',
      name: 'head office',
      description: expect.objectContaining({ clientCidrBlock: '172.31.0.0/16' }),
    });
    expect(beta).toMatchObject({ endpointId: BETA, state: 'closed', closedBecause: 'endpoint-deleted' });
  });

  it('include one that has not been recorded yet', async () => {
    await trail.log.putDescription(BETA, { clientCidrBlock: '10.0.0.0/22' });
    expect(await endpoints()).toMatchObject([{ endpointId: BETA, state: 'not-recorded-yet' }]);
    expect((await coverage()).complete).toBe(false);
  });
});

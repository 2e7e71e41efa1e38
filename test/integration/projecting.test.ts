import { describe, expect, it } from 'vitest';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { createHandler } from '../../lambda/recorder/handler.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { environmentOf } from '../support/recording/recorder-options.ts';
import { expectSound } from '../support/recording/sound.ts';
import { configured, lists, useTrail } from '../support/recording/use-trail.ts';
import { recordWithout } from '../support/servers/interrupted-clients.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:56:00');
const trail = useTrail({ [ALPHA]: [alice] });

/** Records so many minutes later, unable to write to the table. */
const recordWithoutWritesTo = (table: string, minutes: number) =>
  recordWithout(
    trail,
    (name, input) => /Put|Write/.test(name) && JSON.stringify(input).includes(`"${table}"`),
    minutes,
  );

describe('connections that vanish one after the other', () => {
  it('each have their own bounds, and nothing is kept waiting once their ends are known', async () => {
    const projection = new DynamoDbProjection(trail.tables.documents, trail.options.CONNECTIONS_TABLE);
    await lists(trail, [alice, bob]).record();
    await lists(trail, [bob]).recordAfter(5);
    await lists(trail, []).recordAfter(5);
    await trail.recordAfter(5);
    expect((await projection.readWatermark(ALPHA))?.unlisted).toEqual([
      { entry: 1, slot: '2026-11-20T08:05:00Z' },
      { entry: 2, slot: '2026-11-20T08:10:00Z' },
    ]);
    for (let time = 0; time < 12; time++) await trail.recordAfter(5);
    const [first, second] = [await trail.connection(ID), await trail.connection('cvpn-connection-0b')];
    expect(first?.end).toEqual({ kind: 'inferred', between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'] });
    expect(second?.end).toEqual({ kind: 'inferred', between: ['2026-11-20T08:03:00Z', '2026-11-20T08:10:00Z'] });
    expect((await projection.readWatermark(ALPHA))?.unlisted).toEqual([]);
  });
});

describe('a connection that was missing', () => {
  it('and is still missing after a gap, however short, waits from the answer after it on', async () => {
    await trail.record();
    await lists(trail, []).recordAfter(5);
    await trail.recordAfter(57);
    await trail.recordTimes(12);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    await trail.recordTimes(1);
    const between = ['2026-11-20T07:58:00Z', '2026-11-20T09:02:00Z'];
    expect((await trail.connection(ID))?.end).toEqual({ kind: 'inferred', between });
  });

  it('and ends by AWS’s word when its end would be inferred is counted once', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    for (let time = 0; time < 13; time++) await trail.recordAfter(5);
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 08:30:00')];
    expect((await trail.recordAfter(5)).endpoints[0]).toMatchObject({ opened: 0, ended: 1, anomalies: 0 });
  });
});

describe('a terminated connection', () => {
  it('that AWS listed as active once more, and then no longer, is unlisted', async () => {
    await lists(trail, [endedRow(alice, '2026-11-20 07:59:00')]).record();
    await lists(trail, [alice]).recordAfter(5);
    await lists(trail, []).recordAfter(5);
    const surelyUntil = '2026-11-20T07:59:00Z';
    expect(await trail.connection(ID)).toMatchObject({ unlistedSince: '2026-11-20T08:10:00Z', surelyUntil });
  });
});

describe('an endpoint', () => {
  it('that is no longer configured leaves its connections untouched', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] };
    await configured(trail, { ENDPOINTS: [ALPHA, BETA] }).record();
    const before = await trail.connection(ID);
    await configured(trail, { ENDPOINTS: [ALPHA] }).recordAfter(5);
    expect(await trail.connection(ID)).toEqual(before);
  });

  it('that AWS lists again after its deletion has its connections open again', async () => {
    await lists(trail, { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] }).record();
    const { [BETA]: rows = [] } = trail.rows;
    await lists(trail, { [ALPHA]: [] }).recordAfter(5);
    expect(await trail.connection(ID)).toHaveProperty('end');
    await lists(trail, { [ALPHA]: [], [BETA]: rows }).recordAfter(5);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    await expectSound(trail);
  });

  it('whose connections cannot be had is projected as far as its log goes', async () => {
    const summary = await recordWithoutWritesTo(trail.options.CONNECTIONS_TABLE, 0);
    expect(summary.failures).toMatchObject([{ endpointId: ALPHA, reason: 'store', unfinished: ['projection'] }]);
    expect(summary.endpoints).toMatchObject([{ outcome: 'failed', appended: 'committed' }]);
    expect(await trail.items(`${ALPHA}#failures`)).toMatchObject([{ reason: 'store', unfinished: ['projection'] }]);
    expect(await trail.connection(ID)).toBeUndefined();
    trail.ec2.fault = ({ action, refuse }) =>
      action === 'DescribeClientVpnConnections' && refuse('UnauthorizedOperation');
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({ status: 'active' });
  });

  it('whose snapshot cannot be stored has failed for the store, and nothing of it is projected', async () => {
    await trail.record();
    trail.rows[ALPHA] = [alice, bob];
    const { failures } = await recordWithoutWritesTo(trail.options.SNAPSHOTS_TABLE, 5);
    expect(failures).toMatchObject([{ endpointId: ALPHA, reason: 'store' }]);
    expect(failures[0]).not.toHaveProperty('unfinished');
    expect(await trail.connection('cvpn-connection-0b')).toBeUndefined();
  });

  it('has its rows’ ids read from where they stand, also after it was recorded', async () => {
    await lists(trail, [{ invented: { connectionId: 'cvpn-connection-ff' }, ...alice }]).record();
    await expectSound(trail);
  });
});

describe('the function', () => {
  it('leaves the projection to the next run where Lambda’s time is about up', async () => {
    const handler = createHandler(environmentOf(trail.options), trail.ports());
    const event = { slot: '2026-11-20T08:00:00Z' };
    await expect(handler(event, { getRemainingTimeInMillis: () => 10_000, awsRequestId: '1' })).rejects.toThrow(
      `${ALPHA}: not projected yet: timeout`,
    );
    expect(await trail.manifests()).toHaveLength(1);
    await expect(handler(event, { getRemainingTimeInMillis: () => 10_001, awsRequestId: '1' })).resolves.toMatchObject({
      opened: 1,
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { createHandler } from '../../lambda/recorder/handler.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { errorXml, send } from '../support/servers/faulty-ec2.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:55:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:56:00');
let trail: RecordedTrail;

beforeEach(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: [alice] };
});
afterEach(() => trail.close());

function refuseConnections(): void {
  trail.ec2.fault = ({ action }, response) => {
    if (action !== 'DescribeClientVpnConnections') return false;
    send(response, trail.now, { status: 403, xml: errorXml('UnauthorizedOperation') });
    return true;
  };
}

/** Clients that cannot write to the table. */
function withoutWritesTo(table: string): ReturnType<RecordedTrail['ports']> {
  const ports = trail.ports();
  ports.documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const isWrite = /Put|Write/.test(commandName ?? '') && JSON.stringify(args.input).includes(`"${table}"`);
        return isWrite ? Promise.reject(new Error('refused')) : next(args);
      },
    { step: 'initialize' },
  );
  return ports;
}

describe('connections that vanish one after the other', () => {
  it('each have their own bounds, and nothing is kept waiting once their ends are known', async () => {
    const projection = new DynamoDbProjection(trail.tables.documents, trail.options.CONNECTIONS_TABLE);
    trail.rows[ALPHA] = [alice, bob];
    await trail.record();
    trail.rows[ALPHA] = [bob];
    await trail.recordAfter(5);
    trail.rows[ALPHA] = [];
    await trail.recordAfter(5);
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
  it('and is still missing after a short gap ended by the first answer without it at the latest', async () => {
    await trail.record();
    trail.rows[ALPHA] = [];
    await trail.recordAfter(5);
    await trail.recordAfter(57);
    expect((await trail.connection(ID))?.end).toEqual({
      kind: 'inferred',
      between: ['2026-11-20T07:58:00Z', '2026-11-20T08:05:00Z'],
    });
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
  it('that AWS listed as active once more does not vanish', async () => {
    trail.rows[ALPHA] = [endedRow(alice, '2026-11-20 07:59:00')];
    await trail.record();
    trail.rows[ALPHA] = [alice];
    await trail.recordAfter(5);
    const before = await trail.connection(ID);
    trail.rows[ALPHA] = [];
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).toEqual(before);
  });
});

describe('an endpoint', () => {
  it('that is no longer configured leaves its connections untouched', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] };
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA, BETA] };
    await trail.record();
    const before = await trail.connection(ID);
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA] };
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).toEqual(before);
  });

  it('that AWS lists again after its deletion has its connections open again', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [{ ...alice, clientVpnEndpointId: BETA }] };
    await trail.record();
    const { [BETA]: rows = [] } = trail.rows;
    trail.rows = { [ALPHA]: [] };
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).toHaveProperty('end');
    trail.rows = { [ALPHA]: [], [BETA]: rows };
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).not.toHaveProperty('end');
    await expectSound(trail);
  });

  it('whose connections cannot be had is projected as far as its log goes', async () => {
    const summary = await trail.record({}, withoutWritesTo(trail.options.CONNECTIONS_TABLE));
    expect(summary.failures).toMatchObject([{ endpointId: ALPHA, reason: 'store' }]);
    expect(await trail.connection(ID)).toBeUndefined();
    refuseConnections();
    await trail.recordAfter(5);
    expect(await trail.connection(ID)).toMatchObject({ status: 'active' });
  });

  it('whose snapshot cannot be stored has failed for the store, and nothing of it is projected', async () => {
    await trail.record();
    trail.rows[ALPHA] = [alice, bob];
    trail.now = new Date('2026-11-20T08:05:00Z');
    const { failures } = await trail.record({}, withoutWritesTo(trail.options.SNAPSHOTS_TABLE));
    expect(failures).toMatchObject([{ endpointId: ALPHA, reason: 'store' }]);
    expect(await trail.connection('cvpn-connection-0b')).toBeUndefined();
  });

  it('has its rows’ ids read from where they stand, also after it was recorded', async () => {
    trail.rows[ALPHA] = [{ invented: { connectionId: 'cvpn-connection-ff' }, ...alice }];
    await trail.record();
    await expectSound(trail);
  });
});

describe('the function', () => {
  it('leaves the projection to the next run where Lambda’s time is about up', async () => {
    const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = trail.options;
    const environment = {
      SNAPSHOTS_TABLE,
      CONNECTIONS_TABLE,
      ENDPOINTS: 'all',
      INTERVAL_MINUTES: '5',
      PAGE_SIZE: '1000',
      EPSILON_SECONDS: '120',
      RETENTION: 'forever',
      ACCOUNT_ID: '123456789012',
      ARCHIVE_BUCKET: 'archive',
      SIGNING_KEY: 'key',
      AWS_REGION: 'eu-central-1',
    };
    const handler = createHandler(environment, trail.ports());
    const event = { slot: '2026-11-20T08:00:00Z' };
    await expect(handler(event, { getRemainingTimeInMillis: () => 10_000 })).rejects.toThrow('timeout');
    expect(await trail.manifests()).toHaveLength(1);
    await expect(handler(event, { getRemainingTimeInMillis: () => 10_001 })).resolves.toMatchObject({ opened: 1 });
  });
});

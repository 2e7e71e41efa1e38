import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { DynamoDbEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { Meter } from '../../lambda/dynamodb/meter.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { refusals } from '../support/dynamodb/guard.ts';
import { manifestAt } from '../support/recording/made-manifest.ts';
import { ALPHA, RecordedTrail } from '../support/recording/recorded-trail.ts';

const SLOTS = ['2026-11-20T08:00:00Z', '2026-11-20T08:05:00Z', '2026-11-20T08:10:00Z'] as const;
let trail: RecordedTrail;
let log: DynamoDbSnapshotLog;
let projection: DynamoDbProjection;
const meter = new Meter();

beforeEach(async () => {
  trail = await RecordedTrail.start();
  const { documents } = trail.tables;
  log = new DynamoDbSnapshotLog(documents, trail.options.SNAPSHOTS_TABLE, meter);
  projection = new DynamoDbProjection(documents, trail.options.CONNECTIONS_TABLE, meter);
});
afterEach(() => trail.close());

const manifest = (entry: 0 | 1 | 2, more: Partial<Manifest> = {}) => manifestAt(ALPHA, entry, SLOTS[entry], more);

function connection(lastEntry: number, more: Partial<Connection> = {}): Connection {
  return {
    connectionId: 'cvpn-connection-0a',
    endpointId: ALPHA,
    accountId: '123456789012',
    region: 'eu-central-1',
    establishedAt: SLOTS[0],
    firstSeenAt: SLOTS[0],
    firstSlot: SLOTS[0],
    lastEntry,
    ...more,
  };
}

describe('a commit', () => {
  const gap = { start: SLOTS[0], end: SLOTS[1], reasons: ['no-run'] };

  it('goes on from the head that was read, or does nothing at all', async () => {
    expect(await log.commit(manifest(0), undefined, undefined)).toBe(true);
    const first = await log.readHead(ALPHA);
    expect(await log.commit(manifest(1), first, undefined)).toBe(true);
    const before = await trail.contents();
    expect(await log.commit(manifest(2, { entry: 1 }), first, gap)).toBe(false);
    expect(await log.commit(manifest(2, { entry: 0 }), undefined, gap)).toBe(false);
    expect(await trail.contents()).toEqual(before);
  });

  it('never takes the place of an entry, whatever the head says', async () => {
    await log.commit(manifest(0), undefined, undefined);
    const head = await log.readHead(ALPHA);
    const before = await trail.contents();
    expect(await log.commit(manifest(1, { slot: SLOTS[0] }), head, gap)).toBe(false);
    expect(await trail.contents()).toEqual(before);
  });

  it.each([
    ['TransactionConflict', 'overtaken'],
    ['ConditionalCheckFailed', 'overtaken'],
    ['ThrottlingError', 'an error'],
    ['ItemCollectionSizeLimitExceeded', 'an error'],
  ])('that DynamoDB cancels for %s is %s', async (Code, outcome) => {
    const { documents } = trail.ports();
    const canceled = new TransactionCanceledException({
      $metadata: {},
      message: `canceled for ${Code}`,
      CancellationReasons: [{ Code: 'None' }, { Code }],
    });
    documents.middlewareStack.add(() => () => Promise.reject(canceled), { step: 'initialize' });
    const commit = new DynamoDbSnapshotLog(documents, trail.options.SNAPSHOTS_TABLE).commit(
      manifest(0),
      undefined,
      gap,
    );
    if (outcome === 'overtaken') expect(await commit).toBe(false);
    else await expect(commit).rejects.toThrow(`canceled for ${Code}`);
  });

  it('is metered', async () => {
    const before = meter.writeUnits;
    await log.commit(manifest(0), undefined, undefined);
    expect(meter.writeUnits).toBe(before + 4);
  });
});

describe('an endpoint’s failures', () => {
  const failure = (at: string) => ({ at, reason: 'throttled' as const, message: 'x' });

  it('are read from the first second to the last, both included', async () => {
    for (const at of SLOTS) await log.noteFailure(ALPHA, at, failure(at));
    expect(await log.readFailures(ALPHA, SLOTS[0], SLOTS[1])).toEqual([failure(SLOTS[0]), failure(SLOTS[1])]);
    expect(await log.readFailures(ALPHA, SLOTS[2], SLOTS[2])).toEqual([failure(SLOTS[2])]);
    expect(await log.readFailures(undefined, SLOTS[0], SLOTS[2])).toEqual([]);
  });

  it('at two slots in one second are two', async () => {
    for (const slot of SLOTS) await log.noteFailure(ALPHA, slot, failure(SLOTS[2]));
    expect(await log.readFailures(ALPHA, SLOTS[2], SLOTS[2])).toHaveLength(3);
  });
});

describe('several failures of one attempt in the same second', () => {
  it('are all kept, and one that is written once more is one', async () => {
    const [slot] = SLOTS;
    const failures = (['throttled', 'checkpoint', 'store'] as const).map((reason) => ({
      at: slot,
      reason,
      message: 'x',
    }));
    for (const failure of [...failures, ...failures]) await log.noteFailure(ALPHA, slot, failure);
    expect(await log.readFailures(ALPHA, slot, slot)).toEqual(failures);
  });
});

describe('a write of a connection', () => {
  it('is done over the state that was read and no other', async () => {
    expect(await projection.writeConnection(connection(0), undefined, undefined)).toBe(true);
    expect(await projection.writeConnection(connection(3), undefined, undefined)).toBe(false);
    expect(await projection.writeConnection(connection(2), 0, undefined)).toBe(true);
    expect(await projection.writeConnection(connection(1), 0, undefined)).toBe(false);
    expect(await trail.connection('cvpn-connection-0a')).toEqual(connection(2));
  });

  it('that DynamoDB refuses for another reason is an error', async () => {
    const huge = connection(0, { statusMessage: 'x'.repeat(500_000) });
    await expect(projection.writeConnection(huge, undefined, undefined)).rejects.toThrow('400 KB');
    expect(refusals.splice(0)).toHaveLength(1);
  });
});

describe('the evidence', () => {
  it('has no chunks of what are no hashes, whatever a manifest says', async () => {
    const { SNAPSHOTS_TABLE: snapshotsTable, CONNECTIONS_TABLE: connectionsTable } = trail.options;
    const evidence = new DynamoDbEvidence(trail.tables.documents, { snapshotsTable, connectionsTable });
    expect(await evidence.readChunks(ALPHA, ['', 'x'.repeat(3000), 'a'.repeat(64), 'a'.repeat(64)])).toEqual(new Map());
  });
});

describe('a watermark', () => {
  const marked = { endpointId: ALPHA, slot: SLOTS[0], s: SLOTS[0], f: SLOTS[0], unlisted: [] };
  const mark = (entry: number, partialAfter?: string, noneOdd?: true) =>
    projection.saveWatermark({ ...marked, noneOdd, entry, ...(partialAfter === undefined ? {} : { partialAfter }) });

  it('never goes back: a whole one follows an earlier entry, a partial one its own entry too', async () => {
    expect(await mark(1)).toBe(true);
    expect(await mark(1)).toBe(false);
    expect(await mark(1, 'a')).toBe(true);
    expect(await mark(1, 'b')).toBe(true);
    expect(await mark(0, 'c')).toBe(false);
    expect(await projection.readWatermark(ALPHA)).toMatchObject({ entry: 1, partialAfter: 'b' });
    expect(await mark(2)).toBe(true);
    expect(await mark(1, 'c')).toBe(false);
    expect(await projection.readWatermark(ALPHA)).not.toHaveProperty('partialAfter');
  });

  it('that does not say that no connection is odd is followed by none that does', async () => {
    expect(await mark(1, undefined, true)).toBe(true);
    expect(await mark(2, undefined, true)).toBe(true);
    expect(await mark(2, '')).toBe(true);
    expect(await mark(2, 'a', true)).toBe(false);
    expect(await mark(3, undefined, true)).toBe(false);
    expect(await mark(3)).toBe(true);
    expect(await projection.readWatermark(ALPHA)).toMatchObject({ entry: 3 });
    expect(await projection.readWatermark(ALPHA)).not.toHaveProperty('noneOdd');
  });

  it('with networks follows only the one that was read', async () => {
    const save = (entry: number, networks?: string[], read?: string[]) =>
      projection.saveWatermark({ ...marked, entry, networks }, read);
    expect(await save(1, ['a'])).toBe(true);
    expect(await save(2, ['b'])).toBe(false);
    expect(await save(2, ['a', 'b'], ['a'])).toBe(true);
    expect(await save(3, ['a', 'c'], ['a'])).toBe(false);
    expect(await projection.readWatermark(ALPHA)).toMatchObject({ entry: 2, networks: ['a', 'b'] });
    // A projector of an earlier version knows none; then none is known.
    expect(await save(3)).toBe(true);
    expect(await save(4, ['a', 'b', 'c'], ['a', 'b'])).toBe(false);
    expect(await projection.readWatermark(ALPHA)).not.toHaveProperty('networks');
  });
});

describe('many connections', () => {
  it('are all read, also those that DynamoDB left out of a batch', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `cvpn-connection-${index}`);
    for (const connectionId of ids) {
      await projection.writeConnection(connection(0, { connectionId }), undefined, undefined);
    }
    expect((await projection.readConnections(ids)).size).toBe(101);
    const { documents } = trail.ports();
    documents.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        leaveOut(result.output as unknown as BatchGetOutput, trail.options.CONNECTIONS_TABLE);
        return result;
      },
      { step: 'initialize' },
    );
    const short = new DynamoDbProjection(documents, trail.options.CONNECTIONS_TABLE);
    expect([...(await short.readConnections(ids)).keys()].sort()).toEqual(ids.sort());
  });
});

interface BatchGetOutput {
  Responses: Record<string, { connectionId: string }[]>;
  UnprocessedKeys?: Record<string, { Keys: { connectionId: string }[] }>;
}

/** Takes an item out of an answer, as DynamoDB does for want of capacity. */
function leaveOut(output: Partial<BatchGetOutput>, table: string): void {
  const { connectionId } = output.Responses?.[table]?.pop() ?? {};
  if (connectionId) output.UnprocessedKeys = { [table]: { Keys: [{ connectionId }] } };
}

import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDbEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import type { RecordedTrail } from '../support/recording/recorded-trail.ts';
import { MemoryEvidence } from '../support/tampering/tampered-evidence.ts';
import { recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

it('is verified in memory as in DynamoDB: every item is read the same', async () => {
  const { SNAPSHOTS_TABLE: snapshotsTable, CONNECTIONS_TABLE: connectionsTable } = recorded.options;
  const real = new DynamoDbEvidence(recorded.tables.documents, { snapshotsTable, connectionsTable });
  const memory = new MemoryEvidence(whole.snapshots.values(), whole.connections.values());
  for (const store of [real, memory]) expect(await store.readHeads()).toHaveLength(6);
  expect(await memory.readHeads()).toEqual(await real.readHeads());
  expect(await memory.readCheckpoints()).toEqual(await real.readCheckpoints());
  for (const endpointId of whole.logs.keys()) {
    const slot = whole.manifest(endpointId, 1).slot;
    const hashes = [whole.sha256(endpointId, 0), 'missing'];
    for (const read of [
      (store: MemoryEvidence | DynamoDbEvidence) => Array.fromAsync(store.readEntries(endpointId)),
      (store: MemoryEvidence | DynamoDbEvidence) => Array.fromAsync(store.readEntries(endpointId, slot)),
      (store: MemoryEvidence | DynamoDbEvidence) => store.readGaps(endpointId),
      (store: MemoryEvidence | DynamoDbEvidence) => store.readHead(endpointId),
      (store: MemoryEvidence | DynamoDbEvidence) => store.readCheckpoint(endpointId),
      (store: MemoryEvidence | DynamoDbEvidence) => store.readWatermark(endpointId),
      (store: MemoryEvidence | DynamoDbEvidence) => store.readChunks(endpointId, hashes),
    ]) {
      expect(await read(memory)).toEqual(await read(real));
    }
  }
  expect((await Array.fromAsync(memory.scanConnections())).flat()).toHaveLength(
    (await Array.fromAsync(real.scanConnections())).flat().length,
  );
});

it('is not accused while nobody has touched it', async () => {
  expect(await whole.faults()).toEqual({ faults: [], notes: [] });
  expect(await earlier.faults()).toEqual({ faults: [], notes: [] });
  expect(await whole.faults({}, 'archive alone')).toEqual({ faults: [], notes: [] });
});

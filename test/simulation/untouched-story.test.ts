import { expect, it } from 'vitest';
import { DynamoDbEvidence, type StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { richStory, storeRichly } from '../support/tampering/tampered-story.ts';

it('is verified in memory as in DynamoDB: every item is read the same', async () => {
  const [{ whole }, trail] = [await richStory(), await storeRichly()];
  const { SNAPSHOTS_TABLE: snapshotsTable, CONNECTIONS_TABLE: connectionsTable } = trail.options;
  const real = new DynamoDbEvidence(trail.tables.documents, { snapshotsTable, connectionsTable });
  const memory = whole.evidence;
  for (const store of [real, memory]) expect(await store.readHeads()).toHaveLength(6);
  expect(await memory.readHeads()).toEqual(await real.readHeads());
  expect(await memory.readCheckpoints()).toEqual(await real.readCheckpoints());
  for (const endpointId of whole.logs.keys()) {
    const slot = whole.manifest(endpointId, 1).slot;
    const hashes = [whole.sha256(endpointId, 0), 'missing'];
    const readAll = async (store: StoredEvidence) => [
      await Array.fromAsync(store.readEntries(endpointId)),
      await Array.fromAsync(store.readEntries(endpointId, slot)),
      await store.readGaps(endpointId),
      await store.readHead(endpointId),
      await store.readCheckpoint(endpointId),
      await store.readWatermark(endpointId),
      await store.readChunks(endpointId, hashes),
    ];
    expect(await readAll(memory)).toEqual(await readAll(real));
  }
  const scanned = async (store: StoredEvidence) => (await Array.fromAsync(store.scanConnections())).flat();
  expect(await scanned(memory)).toHaveLength((await scanned(real)).length);
  await trail.close();
});

it('is not accused while nobody has touched it', async () => {
  const { whole, earlier } = await richStory();
  expect(await whole.faults()).toEqual({ faults: [], notes: [] });
  expect(await earlier.faults()).toEqual({ faults: [], notes: [] });
  expect(await whole.faults({}, 'archive alone')).toEqual({ faults: [], notes: [] });
});

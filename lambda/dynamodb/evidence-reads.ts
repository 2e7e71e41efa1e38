import { BatchGetCommand, type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Item } from './connection-item.ts';
import { ConsistentTable, KEYS_A_BATCH } from './consistent-table.ts';
import { watermarkId } from './dynamodb-projection.ts';
import { checkpointKey, chunkKey, ENDPOINTS, failuresOf, gapsOf, headKey, type SnapshotKey } from './snapshot-keys.ts';

/** Only a hash can name a chunk: DynamoDB may reject another value from a changed manifest as a key. */
const SHA256 = /^[0-9a-f]{64}$/;

/** The raw items of the tables, for verification. */
export type StoredEvidence = Pick<DynamoDbEvidence, keyof DynamoDbEvidence>;

/** The evidence in DynamoDB. All reads are consistent. */
export class DynamoDbEvidence {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: { readonly snapshotsTable: string; readonly connectionsTable: string };
  readonly #snapshots: ConsistentTable;
  readonly #connections: ConsistentTable;

  constructor(
    documents: DynamoDBDocumentClient,
    tables: { readonly snapshotsTable: string; readonly connectionsTable: string },
  ) {
    this.#documents = documents;
    this.#tables = tables;
    this.#snapshots = new ConsistentTable(documents, tables.snapshotsTable);
    this.#connections = new ConsistentTable(documents, tables.connectionsTable);
  }

  /** The items of the partition that holds heads and descriptions. */
  readHeads(): Promise<Item[]> {
    return Array.fromAsync(this.#snapshots.query(ENDPOINTS));
  }

  readHead(endpointId: string): Promise<Item | undefined> {
    return this.#snapshots.get(headKey(endpointId));
  }

  /** The entries of a log by their slot; only those after a slot, if one is given. */
  readEntries(endpointId: string, after?: string): AsyncIterable<Item> {
    return this.#snapshots.query(endpointId, after);
  }

  readGaps(endpointId: string): Promise<Item[]> {
    return Array.fromAsync(this.#snapshots.query(gapsOf(endpointId)));
  }

  /** The failures of an endpoint, of the list of endpoints (undefined), or of the trail's checkpoint (`#trail`). */
  readFailures(endpointId: string | undefined): AsyncIterable<Item> {
    return this.#snapshots.query(failuresOf(endpointId));
  }

  /** The newest checkpoint of each endpoint. */
  readCheckpoints(): Promise<Item[]> {
    return Array.fromAsync(this.#snapshots.query(checkpointKey('').endpointId));
  }

  readCheckpoint(endpointId: string): Promise<Item | undefined> {
    return this.#snapshots.get(checkpointKey(endpointId));
  }

  readWatermark(endpointId: string): Promise<Item | undefined> {
    return this.#connections.get({ connectionId: watermarkId(endpointId) });
  }

  /** The stored chunks, or parts of chunks, of these hashes, by hash; missing ones are omitted. */
  async readChunks(endpointId: string, hashes: readonly string[]): Promise<Map<string, Item>> {
    const { snapshotsTable } = this.#tables;
    const found = new Map<string, Item>();
    const wanted = new Map(
      hashes.filter((hash) => SHA256.test(hash)).map((sha256) => [chunkKey(endpointId, sha256).endpointId, sha256]),
    );
    let keys: SnapshotKey[] = [...wanted.values()].map((sha256) => chunkKey(endpointId, sha256));
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await this.#documents.send(
        new BatchGetCommand({
          RequestItems: { [snapshotsTable]: { Keys: keys.slice(0, KEYS_A_BATCH), ConsistentRead: true } },
        }),
      );
      for (const item of Responses?.[snapshotsTable] ?? []) found.set(wanted.get(item.endpointId) ?? '', item);
      // An answer holds 16 MB at most; the rest is requested again.
      const left = (UnprocessedKeys?.[snapshotsTable]?.Keys ?? []) as SnapshotKey[];
      keys = [...left, ...keys.slice(KEYS_A_BATCH)];
    }
    return found;
  }

  /** All items of the projection, watermarks among them, page by page. */
  async *scanConnections(): AsyncIterable<Item[]> {
    const input = { TableName: this.#tables.connectionsTable, ConsistentRead: true };
    for await (const { Items } of paginateScan({ client: this.#documents }, input)) yield Items ?? [];
  }
}

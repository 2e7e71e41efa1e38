import type { Item } from '../../../lambda/dynamodb/connection-item.ts';
import { watermarkId } from '../../../lambda/dynamodb/dynamodb-projection.ts';
import type { StoredEvidence } from '../../../lambda/dynamodb/evidence-reads.ts';
import {
  checkpointKey,
  chunkKey,
  ENDPOINTS,
  failuresOf,
  gapsOf,
  headKey,
} from '../../../lambda/dynamodb/snapshot-keys.ts';

/** A table that exists, or not. */
export type Table = Map<string, Item>;

/** The key of an item of the evidence, as {@link MemoryEvidence} has it. */
export const itemKey = ({ endpointId, slot }: { readonly endpointId?: unknown; readonly slot?: unknown }): string =>
  `${String(endpointId)} ${String(slot)}`;

/** Both tables in memory, as `DynamoDbEvidence` reads them: so many tamperings need no database each. */
export class MemoryEvidence implements StoredEvidence {
  /** Items by {@link itemKey}, and by connection id; undefined for a table that was removed. */
  snapshots: Table | undefined;
  connections: Table | undefined;

  constructor(snapshots: Iterable<Item>, connections: Iterable<Item>) {
    this.snapshots = new Map([...snapshots].map((item) => [itemKey(item), item]));
    this.connections = new Map([...connections].map((item) => [String(item.connectionId), item]));
  }

  async readHeads(): Promise<Item[]> {
    return this.#partition(ENDPOINTS);
  }

  async readHead(endpointId: string): Promise<Item | undefined> {
    return existing(this.snapshots).get(itemKey(headKey(endpointId)));
  }

  async *readEntries(endpointId: string, after = ''): AsyncIterable<Item> {
    for (const item of this.#partition(endpointId)) if (String(item.slot) > after) yield item;
  }

  async readGaps(endpointId: string): Promise<Item[]> {
    return this.#partition(gapsOf(endpointId));
  }

  async *readFailures(endpointId: string | undefined): AsyncIterable<Item> {
    yield* this.#partition(failuresOf(endpointId));
  }

  async readCheckpoints(): Promise<Item[]> {
    return this.#partition(checkpointKey('').endpointId);
  }

  async readCheckpoint(endpointId: string): Promise<Item | undefined> {
    return existing(this.snapshots).get(itemKey(checkpointKey(endpointId)));
  }

  async readWatermark(endpointId: string): Promise<Item | undefined> {
    return existing(this.connections).get(watermarkId(endpointId));
  }

  async readChunks(endpointId: string, hashes: readonly string[]): Promise<Map<string, Item>> {
    const items = hashes.map((sha256) => [sha256, existing(this.snapshots).get(itemKey(chunkKey(endpointId, sha256)))]);
    return new Map(items.filter(([, item]) => item !== undefined) as [string, Item][]);
  }

  async *scanConnections(): AsyncIterable<Item[]> {
    yield [...existing(this.connections).values()];
  }

  #partition(partition: string): Item[] {
    const items = [...existing(this.snapshots).values()].filter(({ endpointId }) => endpointId === partition);
    return items.sort((one, other) => (String(one.slot) < String(other.slot) ? -1 : 1));
  }
}

function existing(table: Table | undefined): Table {
  if (table) return table;
  throw Object.assign(new Error('Requested resource not found'), { name: 'ResourceNotFoundException' });
}

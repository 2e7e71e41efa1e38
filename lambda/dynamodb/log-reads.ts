import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import { type Hash, leafHash } from '../trail/proof.ts';
import type { Instant } from '../trail/time.ts';
import type { Item } from './connection-item.ts';
import { MeteredReads, type OnRead, partitionQuery } from './metered-reads.ts';
import { fromCheckpointItem, readManifestItem, splitHashes } from './snapshot-items.ts';
import { checkpointKey, TRAIL, trailEntryKey } from './snapshot-keys.ts';

/** The parts of a log entry that proofs need. */
export interface LogEntry {
  /** Place in the log, from 0. */
  readonly entry: number;
  readonly slot: Instant;
  /** The slot of the entry before it. */
  readonly previousSlot?: Instant | undefined;
  readonly leafHash: Hash;
  /** The root of the tree that ends with this entry. */
  readonly root: Hash;
  /** The roots of the subtrees above its leaf that it completes, level 1 first; absent from items of early versions. */
  readonly nodes?: readonly Hash[] | undefined;
}

/** A range of slots in a log, both ends inclusive; absent: from the first, to the last. */
export interface LogStretch {
  readonly from?: Instant;
  readonly to?: Instant;
  /** @default ascending */
  readonly order?: 'descending';
  /** Entries at most. */
  readonly limit: number;
}

/** What proofs are made of. */
export type LogReads = Pick<DynamoDbLogReads, 'readEntries' | 'readLeafHashes'>;

/**
 * Reads logs for proofs. Strongly consistent: entries are written before the checkpoint that covers them, and a stale read would
 * look like tampering.
 */
export class DynamoDbLogReads {
  readonly #reads: MeteredReads;
  readonly #table: string;

  constructor(documents: DynamoDBDocumentClient, snapshotsTable: string, onRead?: OnRead) {
    this.#reads = new MeteredReads(documents, onRead);
    this.#table = snapshotsTable;
  }

  /** The newest checkpoint of an endpoint's log. */
  async readCheckpoint(endpointId: string): Promise<StoredCheckpoint | undefined> {
    const Key = checkpointKey(endpointId);
    const item = await this.#reads.get('snapshot', { TableName: this.#table, Key, ConsistentRead: true });
    return item && fromCheckpointItem(item);
  }

  /** The newest checkpoint of each log, in the order of the endpoints' ids. */
  async readCheckpoints(): Promise<StoredCheckpoint[]> {
    // They are all in one partition, for all endpoints.
    const { endpointId: partition } = checkpointKey('');
    return (await this.#reads.all('snapshot', this.#partition(partition))).map(fromCheckpointItem);
  }

  /** The newest checkpoint of the trail's own log (ADR 36). */
  async readTrailCheckpoint(): Promise<StoredCheckpoint | undefined> {
    // Its key, a name, comes after those of the entries, which are numbers.
    const query = this.#partition(TRAIL, 'trail-');
    const [item] = await this.#reads.all('snapshot', query, 1);
    return item && fromCheckpointItem(item);
  }

  /** An entry of the trail's own log: its text, and what proofs need of it. */
  async readTrailEntry(
    entry: number,
  ): Promise<(Pick<LogEntry, 'leafHash' | 'nodes'> & { readonly text: string }) | undefined> {
    const Key = trailEntryKey(entry);
    const item = await this.#reads.get('snapshot', { TableName: this.#table, Key, ConsistentRead: true });
    if (!item) return undefined;
    const [text, { nodes }] = [String(item.entry), item];
    return { text, leafHash: leafHash(text), nodes: nodes === undefined ? undefined : splitHashes(bytesOf(nodes)) };
  }

  /** The entries of a range, in its order. */
  async readEntries(endpointId: string, { from, to, order, limit }: LogStretch): Promise<LogEntry[]> {
    const query = { ...this.#partition(endpointId, from, to), ScanIndexForward: order !== 'descending' };
    return (await this.#reads.all('snapshot', query, limit)).map(toLogEntry);
  }

  /** The leaf hashes of all entries with slots from `from` to `to`, oldest first. */
  async readLeafHashes(endpointId: string, from: Instant, to: Instant): Promise<Hash[]> {
    const query = { ...this.#partition(endpointId, from, to), ProjectionExpression: 'leafHash' };
    return (await this.#reads.all('snapshot', query)).map(({ leafHash }) => bytesOf(leafHash));
  }

  #partition(partition: string, from?: string, to?: string): QueryCommandInput {
    return { ...partitionQuery(this.#table, partition, from, to), ConsistentRead: true };
  }
}

function toLogEntry(item: Item): LogEntry {
  const { entry, previousSlot } = readManifestItem(item);
  const { nodes } = item;
  return {
    entry,
    slot: String(item.slot),
    previousSlot,
    leafHash: bytesOf(item.leafHash),
    root: bytesOf(item.root),
    nodes: nodes === undefined ? undefined : splitHashes(bytesOf(nodes)),
  };
}

/** A value that is not a hash becomes one that matches nothing, so the proof fails. */
function bytesOf(attribute: unknown): Uint8Array {
  return attribute instanceof Uint8Array ? attribute : new Uint8Array();
}

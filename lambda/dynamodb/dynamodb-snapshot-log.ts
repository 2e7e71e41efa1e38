import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  paginateQuery,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import type { Elements } from '../trail/element.ts';
import type { Head } from '../trail/head.ts';
import { nextHead } from '../trail/log.ts';
import type { EndpointRecord, FailureNote, GapNote, SnapshotLog } from '../trail/ports.ts';
import { EMPTY_RANGE, leafHash, nodesCompletedBy, rootOf } from '../trail/proof.ts';
import { type Chunk, type ChunkReference, type Manifest, manifestText, parseManifest } from '../trail/snapshot.ts';
import type { Instant } from '../trail/time.ts';
import { fromCheckpointItem, toCheckpointItem } from './checkpoint-item.ts';
import { toEndpointRecords } from './endpoint-items.ts';
import { toFailureNote } from './failure-item.ts';
import { fromHeadItem, toHeadItem } from './head-item.ts';
import type { Meter } from './meter.ts';
import {
  checkpointKey,
  chunkKey,
  descriptionKey,
  ENDPOINTS,
  failureKey,
  failuresOf,
  gapKey,
  headKey,
  manifestKey,
  type SnapshotKey,
} from './snapshot-keys.ts';

type Item = Record<string, unknown>;
type Condition = Pick<
  PutCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** The logs in the Snapshots table; `docs/data.md` describes its items. */
export class DynamoDbSnapshotLog implements SnapshotLog {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #meter: Meter | undefined;

  constructor(documents: DynamoDBDocumentClient, table: string, meter?: Meter) {
    this.#documents = documents;
    this.#table = table;
    this.#meter = meter;
  }

  async readEndpoints(): Promise<EndpointRecord[]> {
    return toEndpointRecords(await Array.fromAsync(this.#query(ENDPOINTS)));
  }

  async readHead(endpointId: string): Promise<Head | undefined> {
    const item = await this.#get(headKey(endpointId));
    return item && fromHeadItem(item);
  }

  async readManifest(endpointId: string, slot: Instant): Promise<Manifest | undefined> {
    const item = await this.#get(manifestKey(endpointId, slot));
    return item && parseManifest(String(item.manifest));
  }

  async *readManifestsAfter(endpointId: string, slot: Instant | undefined): AsyncIterable<Manifest> {
    for await (const item of this.#query(endpointId, slot === undefined ? undefined : { after: slot })) {
      yield parseManifest(String(item.manifest));
    }
  }

  async readChunk(endpointId: string, { sha256 }: ChunkReference): Promise<Uint8Array | undefined> {
    const item = await this.#get(chunkKey(endpointId, sha256));
    return item?.rows as Uint8Array | undefined;
  }

  async putChunk(endpointId: string, chunk: Chunk, expiresAt: number | undefined): Promise<void> {
    try {
      await this.#put({ ...chunkKey(endpointId, chunk.sha256), rows: chunk.bytes, expiresAt }, outliving(expiresAt));
    } catch (error) {
      // The same rows exist, and expire at the same time or later, because another manifest may need them.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async commit(manifest: Manifest, read: Head | undefined, gap: GapNote | undefined): Promise<boolean> {
    const { endpointId } = manifest;
    const text = manifestText(manifest);
    const leaf = leafHash(text);
    const head = nextHead(read, manifest, leaf);
    const item = {
      ...manifestKey(endpointId, manifest.slot),
      manifest: text,
      leafHash: leaf,
      root: rootOf(head.range),
      ...nodesAttribute(read, leaf),
    };
    const puts = [
      { Item: item, ConditionExpression: 'attribute_not_exists(endpointId)' },
      { Item: toHeadItem(head), ...unchangedHead(read) },
      ...(gap ? [{ Item: { ...gapKey(endpointId, gap.start), end: gap.end, reasons: gap.reasons } }] : []),
    ];
    try {
      const answer = await this.#documents.send(
        new TransactWriteCommand({
          TransactItems: puts.map((put) => ({ Put: { TableName: this.#table, ...put } })),
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      this.#meter?.add(answer.ConsumedCapacity);
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      throw error;
    }
  }

  async putDescription(endpointId: string, description: Elements): Promise<void> {
    await this.#put({ ...descriptionKey(endpointId), description: JSON.stringify(description) });
  }

  async noteFailure(endpointId: string | undefined, slot: Instant, { at, ...failure }: FailureNote): Promise<void> {
    await this.#put({ ...failureKey(endpointId, at, slot), ...failure });
  }

  async readFailures(endpointId: string | undefined, from: Instant, to: Instant): Promise<FailureNote[]> {
    // `$` follows `#`: the range ends after the last failure of the second `to`.
    const items = this.#query(failuresOf(endpointId), { after: from, through: `${to}$` });
    return (await Array.fromAsync(items)).map(toFailureNote);
  }

  async readGap(endpointId: string, start: Instant): Promise<GapNote | undefined> {
    const item = await this.#get(gapKey(endpointId, start));
    return item && { start, end: String(item.end), reasons: item.reasons as string[] };
  }

  async readCheckpoint(endpointId: string): Promise<StoredCheckpoint | undefined> {
    const item = await this.#get(checkpointKey(endpointId));
    return item && fromCheckpointItem(item);
  }

  async saveCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean> {
    try {
      await this.#put(toCheckpointItem(checkpoint), {
        ConditionExpression: 'attribute_not_exists(endpointId) OR #size < :size',
        ExpressionAttributeNames: { '#size': 'size' },
        ExpressionAttributeValues: { ':size': checkpoint.size },
      });
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #get(key: SnapshotKey): Promise<Item | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  async #put(item: Item, condition: Condition = {}): Promise<void> {
    const answer = await this.#documents.send(
      new PutCommand({ TableName: this.#table, Item: item, ReturnConsumedCapacity: 'TOTAL', ...condition }),
    );
    this.#meter?.add(answer.ConsumedCapacity);
  }

  async *#query(partition: string, range?: { after: string; through?: string }): AsyncIterable<Item> {
    const { after, through } = range ?? {};
    const pages = paginateQuery(
      { client: this.#documents },
      {
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: `endpointId = :partition${keyRange(after, through)}`,
        ExpressionAttributeNames: after === undefined ? undefined : { '#slot': 'slot' },
        ExpressionAttributeValues: { ':partition': partition, ':after': after, ':through': through },
      },
    );
    for await (const page of pages) yield* page.Items ?? [];
  }
}

function keyRange(after: string | undefined, through: string | undefined): string {
  if (after === undefined) return '';
  return through === undefined ? ' AND #slot > :after' : ' AND #slot BETWEEN :after AND :through';
}

/** The roots of the subtrees above the leaf that the entry completes, for proofs. Half of all entries have none. */
function nodesAttribute(read: Head | undefined, leaf: Uint8Array): Item {
  const [, ...nodes] = nodesCompletedBy(read?.range ?? EMPTY_RANGE, leaf);
  return nodes.length === 0 ? {} : { nodes: Buffer.concat(nodes) };
}

/** A chunk is written if it does not exist, or would expire earlier. */
function outliving(expiresAt: number | undefined): Condition {
  const missing = 'attribute_not_exists(endpointId)';
  if (expiresAt === undefined) return { ConditionExpression: `${missing} OR attribute_exists(expiresAt)` };
  return {
    ConditionExpression: `${missing} OR expiresAt < :expiresAt`,
    ExpressionAttributeValues: { ':expiresAt': expiresAt },
  };
}

function unchangedHead(read: Head | undefined) {
  if (!read) return { ConditionExpression: 'attribute_not_exists(endpointId)' };
  return {
    ConditionExpression: '#entry = :read',
    ExpressionAttributeNames: { '#entry': 'entry' },
    ExpressionAttributeValues: { ':read': read.entry },
  };
}

/** Another recorder has appended, or is appending now. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  return codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}

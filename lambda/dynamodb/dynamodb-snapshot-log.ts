import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import { joinParts, splitChunk } from '../trail/chunks.ts';
import type { Elements } from '../trail/element.ts';
import type { Head } from '../trail/head.ts';
import { nextHead } from '../trail/log.ts';
import type { EndpointRecord, FailureNote, GapNote, SnapshotLog, TrailEnd } from '../trail/ports.ts';
import { type CompactRange, EMPTY_RANGE, leafHash, nodesCompletedBy, rootOf } from '../trail/proof.ts';
import { type Chunk, type ChunkReference, itemHashes, type Manifest, manifestText } from '../trail/snapshot.ts';
import type { Instant } from '../trail/time.ts';
import { isTrailName } from '../trail/trail-log.ts';
import type { Item } from './connection-item.ts';
import { type Condition, ConsistentTable } from './consistent-table.ts';
import type { Meter } from './meter.ts';
import {
  fromCheckpointItem,
  fromHeadItem,
  readManifestItem,
  toCheckpointItem,
  toEndpointRecords,
  toFailureNote,
  toGapNote,
  toHeadItem,
} from './snapshot-items.ts';
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
  TRAIL,
  targetKey,
  trailEntryKey,
} from './snapshot-keys.ts';

/** The logs in the Snapshots table; `docs/data.md` describes its items. */
export class DynamoDbSnapshotLog implements SnapshotLog {
  readonly #table: ConsistentTable;

  constructor(documents: DynamoDBDocumentClient, table: string, meter?: Meter) {
    this.#table = new ConsistentTable(documents, table, meter);
  }

  async readEndpoints(): Promise<EndpointRecord[]> {
    return toEndpointRecords(await Array.fromAsync(this.#table.query(ENDPOINTS)));
  }

  async readHead(endpointId: string): Promise<Head | undefined> {
    const item = await this.#table.get(headKey(endpointId));
    return item && fromHeadItem(item);
  }

  async readManifest(endpointId: string, slot: Instant): Promise<Manifest | undefined> {
    const item = await this.#table.get(manifestKey(endpointId, slot));
    return item && readManifestItem(item);
  }

  async *readManifestsAfter(endpointId: string, slot: Instant | undefined): AsyncIterable<Manifest> {
    for await (const item of this.#table.query(endpointId, slot)) {
      yield readManifestItem(item);
    }
  }

  async readChunk(endpointId: string, reference: ChunkReference): Promise<Uint8Array | undefined> {
    const items = itemHashes(reference).map((sha256) => this.#table.get(chunkKey(endpointId, sha256)));
    return joinParts((await Promise.all(items)).map((item) => item?.rows));
  }

  async putChunk(endpointId: string, chunk: Chunk, expiresAt: number | undefined): Promise<void> {
    // Otherwise the same rows exist, and expire at the same time or later, because another manifest may need them.
    for (const { sha256, bytes } of await splitChunk(chunk)) {
      await this.#table.put({ ...chunkKey(endpointId, sha256), rows: bytes, expiresAt }, outliving(expiresAt));
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
      ...nodesAttribute(read?.range, leaf),
    };
    return this.#table.putTogether([
      { Item: item, ConditionExpression: 'attribute_not_exists(endpointId)' },
      { Item: toHeadItem(head), ...unchangedHead(read) },
      ...(gap ? [{ Item: { ...gapKey(endpointId, gap.start), end: gap.end, reasons: gap.reasons } }] : []),
    ]);
  }

  async putDescription(endpointId: string, description: Elements): Promise<void> {
    await this.#table.put({ ...descriptionKey(endpointId), description: JSON.stringify(description) });
  }

  async noteFailure(endpointId: string | undefined, slot: Instant, { at, ...failure }: FailureNote): Promise<void> {
    const { reason, message, accountId, region } = failure;
    const same = Object.entries({ reason, message, accountId, region });
    const told = same.filter(([, value]) => value !== undefined);
    const terms = same.map(([name, value]) =>
      value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
    );
    const free = {
      // The same once more is a repeated request, whose answer was lost.
      ConditionExpression: `attribute_not_exists(endpointId) OR (${terms.join(' AND ')})`,
      ExpressionAttributeNames: Object.fromEntries(same.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(told.map(([name, value]) => [`:${name}`, value])),
    };
    let number = 1;
    while (!(await this.#table.put({ ...failureKey(endpointId, at, slot, number), ...failure }, free))) number += 1;
  }

  async readFailures(endpointId: string | undefined, from: Instant, to: Instant): Promise<FailureNote[]> {
    // `$` follows `#`: the range ends after the last failure of the second `to`.
    const items = this.#table.query(failuresOf(endpointId), from, `${to}$`);
    return (await Array.fromAsync(items)).map(toFailureNote);
  }

  async noteNoEndpoints(target: string, listedAt: Instant): Promise<void> {
    await this.#table.put(
      { ...targetKey(target), listedAt },
      {
        ConditionExpression: 'attribute_not_exists(endpointId) OR listedAt < :listedAt',
        ExpressionAttributeValues: { ':listedAt': listedAt },
      },
    );
  }

  async readGap(endpointId: string, start: Instant): Promise<GapNote | undefined> {
    const item = await this.#table.get(gapKey(endpointId, start));
    return item && toGapNote(item);
  }

  async readCheckpoints(): Promise<StoredCheckpoint[]> {
    const { endpointId: partition } = checkpointKey('');
    return (await Array.fromAsync(this.#table.query(partition))).map(fromCheckpointItem);
  }

  async readCheckpoint(endpointId: string): Promise<StoredCheckpoint | undefined> {
    const item = await this.#table.get(checkpointKey(endpointId));
    return item && fromCheckpointItem(item);
  }

  saveCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean> {
    return this.#table.put(toCheckpointItem(checkpoint), {
      ConditionExpression: 'attribute_not_exists(endpointId) OR #size < :size',
      ExpressionAttributeNames: { '#size': 'size' },
      ExpressionAttributeValues: { ':size': checkpoint.size },
    });
  }

  async readTrailEnd(): Promise<TrailEnd> {
    const last = await this.#table.queryLast(TRAIL, 2);
    const checkpoint = last.find(({ slot }) => isTrailName(String(slot)));
    const entry = last.find((item) => item !== checkpoint);
    return {
      ...(checkpoint ? { checkpoint: fromCheckpointItem(checkpoint) } : {}),
      ...(entry ? { newest: String(entry.entry) } : {}),
    };
  }

  async readTrailEntry(entry: number): Promise<string | undefined> {
    const item = await this.#table.get(trailEntryKey(entry));
    return item && String(item.entry);
  }

  appendTrailEntry(entry: number, text: string, before: CompactRange | undefined): Promise<boolean> {
    const item = { ...trailEntryKey(entry), entry: text, ...nodesAttribute(before, leafHash(text)) };
    return this.#table.put(item, { ConditionExpression: 'attribute_not_exists(endpointId)' });
  }
}

/** The roots of the subtrees above the leaf that the entry completes, for proofs. Half of all entries have none. */
export function nodesAttribute(before: CompactRange = EMPTY_RANGE, leaf: Uint8Array): Item {
  const [, ...nodes] = nodesCompletedBy(before, leaf);
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

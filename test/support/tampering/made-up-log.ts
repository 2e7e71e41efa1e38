import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LogEntry, LogReads, LogStretch } from '../../../lambda/dynamodb/log-reads.ts';
import { toCheckpointItem } from '../../../lambda/dynamodb/snapshot-items.ts';
import { manifestKey } from '../../../lambda/dynamodb/snapshot-keys.ts';
import { originOf, type StoredCheckpoint, signCheckpoint } from '../../../lambda/trail/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  EMPTY_RANGE,
  leafHash,
  nodesCompletedBy,
  rootOf,
} from '../../../lambda/trail/proof.ts';
import type { Signer } from '../../../lambda/trail/signed-note.ts';
import { manifestText } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant } from '../../../lambda/trail/time.ts';
import { manifestAt } from '../recording/made-manifest.ts';
import { writeItems } from '../recording/write-items.ts';

/** An entry with its leaf's data. */
export interface MadeUpEntry extends LogEntry {
  readonly text: string;
}

/** A log that nobody recorded. */
export interface MadeUpLog {
  readonly endpointId: string;
  readonly entries: readonly MadeUpEntry[];
  /** Of all entries. */
  readonly checkpoint: StoredCheckpoint;
}

/** A log of snapshots in which nobody is connected. */
export async function makeUpLog(endpointId: string, slots: readonly Instant[], signer: Signer): Promise<MadeUpLog> {
  const texts = slots.map((slot, entry) => {
    const previous = slots[entry - 1];
    const before = previous === undefined ? {} : { previousSlot: previous, previousS: previous };
    return manifestText(manifestAt(endpointId, entry, slot, { requestIds: [`request-${entry}`], ...before }));
  });
  return placeLog(endpointId, growTree(texts), slots, signer);
}

/** Leaves with the tree's state at each; they do not know of slots, so that several logs may have them. */
export interface GrownTree {
  readonly leaves: readonly Omit<MadeUpEntry, 'slot' | 'previousSlot'>[];
  readonly range: CompactRange;
}

export function growTree(texts: readonly string[]): GrownTree {
  let range = EMPTY_RANGE;
  const leaves = texts.map((text, entry) => {
    const leaf = leafHash(text);
    const [, ...nodes] = nodesCompletedBy(range, leaf);
    range = appendLeaf(range, leaf);
    const through = range;
    // Most roots are never asked for.
    const hashed = {
      entry,
      text,
      leafHash: leaf,
      get root() {
        return rootOf(through);
      },
    };
    return nodes.length > 0 ? Object.defineProperty(hashed, 'nodes', { value: nodes, enumerable: true }) : hashed;
  });
  return { leaves, range };
}

/** A log of a tree's leaves at these slots. */
export async function placeLog(
  endpointId: string,
  { leaves, range }: GrownTree,
  slots: readonly Instant[],
  signer: Signer,
): Promise<MadeUpLog> {
  const { size, hashes } = range;
  const note = await signCheckpoint({ origin: originOf(endpointId), size, root: rootOf(range) }, signer);
  const slot = slots.at(-1);
  if (slot === undefined || slots.length !== size) throw new RangeError(`expected ${size} slots, one at least`);
  const entries = leaves.map((leaf, entry) => {
    // Copies of all would compute all roots.
    const placed = Object.create(leaf) as { -readonly [Name in keyof MadeUpEntry]: MadeUpEntry[Name] };
    placed.slot = slots[entry] ?? slot;
    if (entry > 0) placed.previousSlot = slots[entry - 1] ?? slot;
    return placed;
  });
  return {
    endpointId,
    entries,
    checkpoint: { endpointId, size, slot, hashes, note, publicKey: await signer.publicKey() },
  };
}

/** Stores manifests and checkpoint: much faster than recording them. */
export async function storeLog(documents: DynamoDBDocumentClient, table: string, log: MadeUpLog): Promise<void> {
  const items: Record<string, unknown>[] = [toCheckpointItem(log.checkpoint)];
  for (const { slot, text, leafHash, root, nodes } of log.entries) {
    const above = nodes ? { nodes: Buffer.concat(nodes) } : {};
    items.push({ ...manifestKey(log.endpointId, slot), manifest: text, leafHash, root, ...above });
  }
  await writeItems(documents, table, items);
}

/** Slots from 2020 on, each so many seconds before the next. */
export function slotsApart(count: number, secondsAt: (entry: number) => number): Instant[] {
  let seconds = 0;
  return Array.from({ length: count }, (_, entry) => {
    const slot = addSeconds('2020-01-01T00:00:00Z', seconds);
    seconds += secondsAt(entry);
    return slot;
  });
}

/** Reads of a log in memory that are counted. */
export class CountedReads implements LogReads {
  requests = 0;
  entriesRead = 0;
  readonly #entries: readonly LogEntry[];

  constructor(entries: readonly LogEntry[]) {
    this.#entries = entries;
  }

  async readEntries(_: string, { from = ' ', to = '~', order, limit }: LogStretch): Promise<LogEntry[]> {
    const [first, end] = [this.#firstFrom(from), this.#firstFrom(`${to}~`)];
    const [start, stop] =
      order === 'descending' ? [Math.max(first, end - limit), end] : [first, Math.min(end, first + limit)];
    const read = this.#entries.slice(start, stop);
    this.requests += 1;
    this.entriesRead += read.length;
    return order === 'descending' ? read.toReversed() : read;
  }

  async readLeafHashes(_: string, from: Instant, to: Instant): Promise<Uint8Array[]> {
    const read = this.#entries.slice(this.#firstFrom(from), this.#firstFrom(`${to}~`));
    this.requests += 1;
    this.entriesRead += read.length;
    return read.map(({ leafHash }) => leafHash);
  }

  /** Place of the first entry whose slot is not before the given one. */
  #firstFrom(slot: string): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#entries[middle]?.slot ?? '') < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

import { parseObject } from '../trail/bounded-json.ts';
import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import type { Elements } from '../trail/element.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import { isText, judge } from '../trail/judged.ts';
import type { EndpointRecord, FailureNote, GapNote } from '../trail/ports.ts';
import { type Manifest, parseManifest } from '../trail/snapshot.ts';
import type { Instant } from '../trail/time.ts';
import type { Item } from './connection-item.ts';
import { CHECKPOINT_JUDGES, FAILURE_JUDGES, GAP_JUDGES, HEAD_JUDGES, LISTING_JUDGES } from './item-judges.ts';
import { checkpointKey, DESCRIPTION, headKey } from './snapshot-keys.ts';

/** Bytes of a SHA-256 hash. */
const HASH_BYTES = 32;

/** The hashes that are concatenated in an attribute. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, index) =>
    bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** The item of a head: its key uses the names `endpointId` and `slot`, and the tree's hashes are concatenated. */
export function toHeadItem({ range, ...head }: Head): Item {
  return { ...head, lastSlot: head.slot, hashes: Buffer.concat(range.hashes), ...headKey(head.endpointId) };
}

/**
 * The head of a stored item.
 *
 * @throws Unreadable for what is none
 */
export function fromHeadItem(item: Item): Head {
  judge(`The head of the log of ${String(item.slot)}`, item, HEAD_JUDGES);
  const { slot: endpointId, lastSlot, hashes, ...head } = item as Item & { readonly entry: number };
  const range = { size: head.entry + 1, hashes: splitHashes(hashes as Uint8Array) };
  return { ...head, endpointId, slot: lastSlot, range } as unknown as Head;
}

/** The item of an endpoint's newest checkpoint; `docs/data.md` describes it. */
export function toCheckpointItem({ endpointId, slot, hashes, ...checkpoint }: StoredCheckpoint) {
  return { ...checkpointKey(endpointId), ...checkpoint, lastSlot: slot, hashes: Buffer.concat(hashes) };
}

/**
 * The checkpoint of a stored item.
 *
 * @throws Unreadable for what is none
 */
export function fromCheckpointItem(item: Item): StoredCheckpoint {
  judge(`The newest checkpoint of ${String(item.slot)}`, item, CHECKPOINT_JUDGES);
  return {
    endpointId: String(item.slot),
    size: Number(item.size),
    slot: String(item.lastSlot),
    hashes: splitHashes(item.hashes as Uint8Array),
    note: String(item.note),
    publicKey: item.publicKey as Uint8Array,
  };
}

/**
 * The endpoints of the items in the partition of heads and descriptions (ADR 5).
 *
 * @throws Unreadable
 */
export function toEndpointRecords(items: readonly Item[]): EndpointRecord[] {
  const records = new Map<string, EndpointRecord>();
  for (const item of items) {
    const key = String(item.slot);
    const isHead = !key.endsWith(DESCRIPTION);
    const endpointId = isHead ? key : key.slice(0, -DESCRIPTION.length);
    const part = isHead
      ? { head: fromHeadItem(item) }
      : {
          description: parseObject(String(item.description), `The description of ${endpointId}`) as unknown as Elements,
        };
    records.set(endpointId, { ...records.get(endpointId), endpointId, ...part });
  }
  return [...records.values()];
}

/**
 * The manifest of a stored item.
 *
 * @throws Unreadable for what is none
 */
export function readManifestItem({ endpointId, slot, manifest }: Item): Manifest {
  return parseManifest(isText(manifest) ? manifest : '', `The manifest of ${String(endpointId)} at ${String(slot)}`);
}

/**
 * A target's name, and when AWS last listed no endpoint of it.
 *
 * @throws Unreadable for what is none
 */
export function toListing(item: Item): [target: string, listedAt: Instant] {
  judge(`What was noted of the target ${String(item.slot)}`, item, LISTING_JUDGES);
  return [String(item.slot), String(item.listedAt)];
}

/**
 * The gap of a stored item.
 *
 * @throws Unreadable for what is none
 */
export function toGapNote(item: Item): GapNote {
  judge(`The gap ${String(item.slot)} in ${String(item.endpointId)}`, item, GAP_JUDGES);
  return { start: String(item.slot), end: String(item.end), reasons: item.reasons as string[] };
}

/**
 * The failure of a stored item; its key begins with the time of the attempt.
 *
 * @throws Unreadable for what is none
 */
export function toFailureNote(item: Item): FailureNote {
  judge(`The failure ${String(item.slot)} in ${String(item.endpointId)}`, item, FAILURE_JUDGES);
  const { endpointId: _, slot, ...failure } = item;
  return { ...(failure as unknown as Failure), at: String(slot).split('#')[0] ?? '' };
}

import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import type { Elements } from '../trail/element.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import type { EndpointRecord, FailureNote } from '../trail/ports.ts';
import type { Item } from './connection-item.ts';
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

/** The head of a stored item. */
export function fromHeadItem(item: Item): Head {
  const { slot: endpointId, lastSlot, hashes, ...head } = item as Item & { readonly entry: number };
  const range = { size: head.entry + 1, hashes: splitHashes(hashes as Uint8Array) };
  return { ...head, endpointId, slot: lastSlot, range } as unknown as Head;
}

/** The item of an endpoint's newest checkpoint; `docs/data.md` describes it. */
export function toCheckpointItem({ endpointId, slot, hashes, ...checkpoint }: StoredCheckpoint) {
  return { ...checkpointKey(endpointId), ...checkpoint, lastSlot: slot, hashes: Buffer.concat(hashes) };
}

/** The checkpoint of a stored item. */
export function fromCheckpointItem(item: Item): StoredCheckpoint {
  return {
    endpointId: String(item.slot),
    size: Number(item.size),
    slot: String(item.lastSlot),
    hashes: splitHashes(item.hashes as Uint8Array),
    note: String(item.note),
    publicKey: item.publicKey as Uint8Array,
  };
}

/** The endpoints of the items in the partition of heads and descriptions (ADR 5). */
export function toEndpointRecords(items: readonly Item[]): EndpointRecord[] {
  const records = new Map<string, EndpointRecord>();
  for (const item of items) {
    const key = String(item.slot);
    const isHead = !key.endsWith(DESCRIPTION);
    const endpointId = isHead ? key : key.slice(0, -DESCRIPTION.length);
    const part = isHead
      ? { head: fromHeadItem(item) }
      : { description: JSON.parse(String(item.description)) as Elements };
    records.set(endpointId, { ...records.get(endpointId), endpointId, ...part });
  }
  return [...records.values()];
}

/** The failure of a stored item; its key begins with the time of the attempt. */
export function toFailureNote(item: Item): FailureNote {
  const { endpointId: _, slot, ...failure } = item;
  return { ...(failure as unknown as Failure), at: String(slot).split('#')[0] ?? '' };
}

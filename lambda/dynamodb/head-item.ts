import type { Head } from '../trail/head.ts';
import { splitHashes } from './hashes.ts';
import { headKey } from './snapshot-keys.ts';

/** A stored head: its key uses the names `endpointId` and `slot`, and the tree's hashes are concatenated. */
interface HeadItem extends Omit<Head, 'range'> {
  readonly lastSlot: string;
  readonly hashes: Uint8Array;
}

/** The item of a head. */
export function toHeadItem({ range, ...head }: Head): Record<string, unknown> {
  const item: HeadItem = {
    ...head,
    lastSlot: head.slot,
    hashes: Buffer.concat(range.hashes),
    ...headKey(head.endpointId),
  };
  return { ...item };
}

/** The head of a stored item. */
export function fromHeadItem(item: Record<string, unknown>): Head {
  const { slot: endpointId, lastSlot, hashes: bytes, ...head } = item as unknown as HeadItem;
  return { ...head, endpointId, slot: lastSlot, range: { size: head.entry + 1, hashes: splitHashes(bytes) } };
}

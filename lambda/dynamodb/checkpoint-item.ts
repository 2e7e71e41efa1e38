import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import { splitHashes } from './hashes.ts';
import { checkpointKey } from './snapshot-keys.ts';

/** The item of an endpoint's newest checkpoint; `docs/data.md` describes it. */
export function toCheckpointItem({ endpointId, slot, hashes, ...checkpoint }: StoredCheckpoint) {
  return { ...checkpointKey(endpointId), ...checkpoint, lastSlot: slot, hashes: Buffer.concat(hashes) };
}

/** The checkpoint of a stored item. */
export function fromCheckpointItem(item: Record<string, unknown>): StoredCheckpoint {
  return {
    endpointId: String(item.slot),
    size: Number(item.size),
    slot: String(item.lastSlot),
    hashes: splitHashes(item.hashes as Uint8Array),
    note: String(item.note),
    publicKey: item.publicKey as Uint8Array,
  };
}

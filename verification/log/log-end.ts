import { appendLeaf, EMPTY_RANGE, type Hash, rootOf } from '../../lambda/trail/proof.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import type { CheckpointReading } from './trusted-checkpoint.ts';
import type { VerifiedLog } from './verify-log.ts';

/** Until when a log was verified: its newest entry. */
export interface LogEnd {
  readonly endpointId: string;
  /** Entries, and the slot of the last; undefined for a log without any. */
  readonly size: number;
  readonly slot: Instant | undefined;
  /** The root of their tree; undefined where entries are missing, or are not those that were signed. */
  readonly root: Hash | undefined;
  /** Entries under a signed checkpoint, and the note of the newest one that was read: whoever keeps it notices a rollback. */
  readonly signedSize: number;
  readonly checkpoint: string | undefined;
}

/** @param newest the newest checkpoints of store and archive */
export function endOf(
  endpointId: string,
  { manifests, leaves, isTied, anchored }: Pick<VerifiedLog, 'manifests' | 'leaves' | 'isTied' | 'anchored'>,
  newest: readonly (CheckpointReading | undefined)[],
): LogEnd {
  const last = manifests.at(-1);
  const size = (last?.entry ?? -1) + 1;
  const isWhole = isTied && size === leaves.length;
  const signed = newest.find((reading) => reading?.checkpoint?.size === anchored);
  return {
    endpointId,
    size,
    slot: last?.slot,
    root: isWhole ? rootOf(leaves.reduce(appendLeaf, EMPTY_RANGE)) : undefined,
    signedSize: anchored,
    checkpoint: signed?.checkpoint ? signed.note : undefined,
  };
}

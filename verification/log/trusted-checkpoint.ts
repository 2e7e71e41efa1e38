import { type Checkpoint, openCheckpoint, originOf, parseCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { NoteRefused, parseNote } from '../../lambda/trail/signed-note.ts';
import type { FaultKind } from '../findings.ts';
import type { TrustedKeys } from '../trusted-keys.ts';

/** A checkpoint that a trusted key has signed. */
export interface TrustedCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The result of reading a signed note: the checkpoint with its signer, or why it is not trusted. */
export type CheckpointReading =
  | {
      readonly checkpoint: TrustedCheckpoint;
      readonly publicKey: Uint8Array;
      /** Other trusted keys that have signed it. */
      readonly countersigners: readonly Uint8Array[];
      readonly note: string;
    }
  | { readonly checkpoint?: never; readonly refused: FaultKind; readonly why: string };

/**
 * The checkpoint of a signed note, if a trusted key has signed it for this log.
 *
 * @param size the expected size; absent for any
 */
export function readCheckpointNote(
  note: string,
  endpointId: string,
  keys: TrustedKeys,
  size?: number,
): CheckpointReading {
  const origin = originOf(endpointId);
  try {
    const { publicKey, countersigners, ...checkpoint } = openCheckpoint(note, origin, keys.publicKeys);
    if (size === undefined || checkpoint.size === size) return { checkpoint, publicKey, countersigners, note };
    return {
      refused: 'checkpoint-changed',
      why: `it is in truth one of ${checkpoint.size}: another was put in its place`,
    };
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    if (error.reason !== 'unknown-key') return { refused: 'checkpoint-changed', why: error.message };
    const other = otherLogOf(note, origin);
    if (other !== undefined) return { refused: 'checkpoint-changed', why: `it is one of another log, ${other}` };
    return { refused: 'checkpoint-of-another-key', why: error.message };
  }
}

/**
 * The checkpoint of a signed note in a signed manifest. If no key was named, the manifest's signer vouches for one that another key
 * has signed: the trail's key may have been changed after it.
 */
export function readVouchedNote(note: string, endpointId: string, keys: TrustedKeys): TrustedCheckpoint | undefined {
  if (keys.isPinned) return undefined;
  const reading = readCheckpointNote(note, endpointId, keys);
  if (reading.checkpoint) return reading.checkpoint;
  return reading.refused === 'checkpoint-of-another-key' ? checkpointIn(note) : undefined;
}

/** The key's name is the log's: a checkpoint of another log looks like one by an unknown key. */
function otherLogOf(note: string, origin: string): string | undefined {
  const other = checkpointIn(note)?.origin;
  return other === origin ? undefined : other;
}

/** What a note says, whoever signed it; undefined if it is no checkpoint. */
function checkpointIn(note: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch {
    return undefined;
  }
}

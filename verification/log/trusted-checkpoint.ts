import { openCheckpoint, originOf, parseCheckpoint } from '../../lambda/trail/checkpoint.ts';
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
  | { readonly checkpoint: TrustedCheckpoint; readonly publicKey: Uint8Array }
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
    const { publicKey, ...checkpoint } = openCheckpoint(note, origin, keys.publicKeys);
    if (size === undefined || checkpoint.size === size) return { checkpoint, publicKey };
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

/** The key's name is the log's: a checkpoint of another log looks like one by an unknown key. */
function otherLogOf(note: string, origin: string): string | undefined {
  try {
    const other = parseCheckpoint(parseNote(note).text).origin;
    return other === origin ? undefined : other;
  } catch {
    return undefined;
  }
}

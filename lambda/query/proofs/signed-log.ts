import { type Checkpoint, openCheckpoint, originOf, type StoredCheckpoint } from '../../trail/checkpoint.ts';
import { isEqual } from '../../trail/merkle-proofs.ts';
import { rootOf } from '../../trail/proof.ts';
import { formatVerifierKey, NoteRefused } from '../../trail/signed-note.ts';
import { hex } from '../hex.ts';
import { contradiction } from './contradiction.ts';

/** The newest checkpoint of a log, its signature checked. */
export type SignedLog = StoredCheckpoint & Checkpoint;

/**
 * Reads a stored checkpoint and checks its signature.
 *
 * @throws QueryProblem if the signature is not by the stored key, or the stored values beside it differ
 */
export function openSignedLog(stored: StoredCheckpoint): SignedLog {
  const { origin, size, root } = open(stored);
  const { hashes } = stored;
  const isOne = size === stored.size && hashes.length > 0 && isEqual(rootOf({ size, hashes }), root);
  if (!isOne) throw contradiction('The signed checkpoint is not of the size or the tree that is stored beside it');
  return { ...stored, origin, size, root };
}

/** What answers say of a checkpoint, beside what it is of: its root in hexadecimal, its note, and the key, also as C2SP has it. */
export const checkpointMembers = ({ origin, root, note, publicKey }: SignedLog) => ({
  root: hex(root),
  checkpoint: note,
  publicKey: Buffer.from(publicKey).toString('base64'),
  verifierKey: formatVerifierKey({ name: origin, publicKey }),
});

function open({ endpointId, note, publicKey }: StoredCheckpoint): Checkpoint {
  try {
    return openCheckpoint(note, originOf(endpointId), [publicKey]);
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    throw contradiction('The checkpoint is not signed by the key that is stored beside it', { cause: error });
  }
}

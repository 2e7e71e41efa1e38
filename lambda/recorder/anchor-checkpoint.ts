import { type Archive, checkpointObject, keyObject, ObjectWithheld } from '../trail/archive.ts';
import {
  type Checkpoint,
  openCheckpoint,
  originOf,
  type StoredCheckpoint,
  signCheckpoint,
} from '../trail/checkpoint.ts';
import { isEqual } from '../trail/merkle-proofs.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import { type CompactRange, rootOf } from '../trail/proof.ts';
import { NoteRefused, type Signer, toPem } from '../trail/signed-note.ts';
import { CheckpointError } from './failures.ts';

/** What signing and archiving a checkpoint takes. */
export interface CheckpointPorts {
  readonly log: Pick<SnapshotLog, 'saveCheckpoint'>;
  readonly archive: Archive;
  readonly signer: Signer;
}

/** @throws CheckpointError if the work fails, whatever the reason */
export async function asCheckpointError<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(`${what} could not be signed or archived; the next run goes on with it`, {
      cause: error,
    });
  }
}

/** Checks that the archive has the checkpoint that the store names. */
export function checkGoesOn(archive: Archive, { endpointId, publicKey, ...range }: StoredCheckpoint): Promise<void> {
  const checkpoint = { origin: originOf(endpointId), size: range.size, root: rootOf(range) };
  return checkArchived(archive, endpointId, checkpoint, [publicKey]);
}

/** Checks that the archive has a checkpoint, signed by one of the keys. */
export async function checkArchived(
  archive: Archive,
  endpointId: string,
  checkpoint: Checkpoint,
  publicKeys: readonly Uint8Array[],
): Promise<void> {
  const what = `checkpoint of ${checkpoint.size} entries`;
  const found = await archive.get(checkpointObject(endpointId, checkpoint.size)).catch((error: unknown) => {
    if (error instanceof ObjectWithheld) return error;
    throw error;
  });
  if (found instanceof Error) {
    throw disagreement(`the archive does not hold the ${what}, or does not let it be read`, found);
  }
  if (!found) throw disagreement(`the archive does not hold the ${what}`);
  if (!isSigned(Buffer.from(found).toString(), checkpoint, publicKeys)) {
    throw disagreement(`the archive holds another ${what}`);
  }
}

/** Store and archive contradict each other: a person must tell why (ADR 17). */
export function disagreement(what: string, cause?: Error): CheckpointError {
  return new CheckpointError(
    `${what}: the store or the archive was changed, or restored. Nothing is signed until this is cleared up; cvpn-audit verify tells more`,
    { cause },
  );
}

/** Each entry has its own checkpoint, even if several are anchored at once: a missing one was removed. */
export async function anchorCheckpoint(
  { log, archive, signer }: CheckpointPorts,
  { endpointId, slot }: Pick<StoredCheckpoint, 'endpointId' | 'slot'>,
  { size, hashes }: CompactRange,
  mark: StoredCheckpoint | undefined,
): Promise<StoredCheckpoint> {
  const publicKey = await signer.publicKey();
  const checkpoint = { origin: originOf(endpointId), size, root: rootOf({ size, hashes }) };
  const isNewKey = !mark || !isEqual(mark.publicKey, publicKey);
  const others = mark && isNewKey ? await countersigners(signer, mark.publicKey) : [];
  const note = await signCheckpoint(checkpoint, signer, ...others);
  if (isNewKey) await putSame(archive, keyObject(publicKey), toPem(publicKey));
  const isSignedWith = (found: string, key: Uint8Array | undefined) => key && isSigned(found, checkpoint, [key]);
  const archived = await putSame(
    archive,
    checkpointObject(endpointId, size),
    note,
    (found) => isSignedWith(found, publicKey) || isSignedWith(found, mark?.publicKey),
  );
  // A run that was interrupted here, before a key change, has signed the same checkpoint with the old key.
  const isOld = archived !== note && !isSigned(archived, checkpoint, [publicKey]);
  const signed = mark && isOld ? { note: archived, publicKey: mark.publicKey } : { note, publicKey };
  const stored = { endpointId, size, slot, hashes, ...signed };
  await log.saveCheckpoint(stored);
  return stored;
}

/**
 * The signer of the log's key so far, where it is still there: it says that the change of the key is lawful (ADR 35). If it is configured and
 * cannot be reached, nothing is signed, since what is archived stays as it is.
 */
async function countersigners({ previous }: Signer, key: Uint8Array): Promise<readonly Signer[]> {
  if (!previous) return [];
  try {
    return isEqual(await previous.publicKey(), key) ? [previous] : [];
  } catch (error) {
    throw new CheckpointError(
      'the previous signing key, which is to countersign the first checkpoint of the new one, cannot be used. Make it usable, or take it out of the configuration',
      { cause: error },
    );
  }
}

/** Whether it is this checkpoint, signed with one of the keys: others may have signed it as well (C2SP signed-note). */
export function isSigned(note: string, { origin, size, root }: Checkpoint, publicKeys: readonly Uint8Array[]): boolean {
  try {
    const found = openCheckpoint(note, origin, publicKeys);
    return found.size === size && isEqual(found.root, root);
  } catch (error) {
    if (error instanceof NoteRefused) return false;
    throw error;
  }
}

/**
 * A name in the archive always has the same content. The write comes first, and only existing objects are read, because S3 does not
 * tell the recorder that an object is absent (ADR 22).
 *
 * @param isSame whether an existing object with another text is acceptable
 * @returns the archived text
 */
export async function putSame(
  archive: Archive,
  key: string,
  text: string,
  isSame: (found: string) => boolean | undefined = () => false,
): Promise<string> {
  const bytes = Buffer.from(text);
  if (await archive.putOnce(key, bytes)) return text;
  const found = await archive.get(key);
  if (found && isEqual(found, bytes)) return text;
  const other = Buffer.from(found ?? []).toString();
  if (isSame(other)) return other;
  throw disagreement(`the archive holds another ${key}`);
}

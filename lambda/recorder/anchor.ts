import { fewAtOnce } from '../few-at-once.ts';
import {
  type Archive,
  checkpointObject,
  chunkObject,
  gapObject,
  keyObject,
  manifestObject,
  ObjectWithheld,
} from '../trail/archive.ts';
import { canonicalJson } from '../trail/canonical-json.ts';
import {
  type Checkpoint,
  openCheckpoint,
  originOf,
  type StoredCheckpoint,
  signCheckpoint,
} from '../trail/checkpoint.ts';
import { gapOf } from '../trail/log.ts';
import { isEqual } from '../trail/merkle-proofs.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, leafHash, rootOf } from '../trail/proof.ts';
import { NoteRefused, type Signer, toPem } from '../trail/signed-note.ts';
import { type Manifest, manifestText } from '../trail/snapshot.ts';
import { CheckpointError } from './failures.ts';

/** The ports of anchoring. */
export interface AnchorPorts {
  readonly log: SnapshotLog;
  readonly archive: Archive;
  readonly signer: Signer;
  /** Stored bytes of chunks in memory, by their hash, so they need not be read again. */
  readonly packed?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly now: () => Date;
  /** No entry begins after it; the next run continues. */
  readonly deadline?: Date | undefined;
}

/** Concurrent writes of objects. */
const AT_ONCE = 8;

/**
 * Anchors the entries that were appended to an endpoint's log since its newest checkpoint, one by one: writes chunks and manifest
 * to the archive, signs a checkpoint and archives it, and last records the progress in the store. Every step is idempotent,
 * so the next run completes what a crash or another recorder left (ADR 17).
 *
 * It signs only what is consistent with the newest archived checkpoint: a rewritten store gets no signature.
 *
 * @throws CheckpointError if store and archive disagree, or one of them fails
 */
export async function anchorLog(ports: AnchorPorts, endpointId: string): Promise<void> {
  try {
    await anchorEntries(ports, endpointId);
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError('the checkpoint could not be signed or archived; the next run goes on with it', {
      cause: error,
    });
  }
}

async function anchorEntries(ports: AnchorPorts, endpointId: string): Promise<void> {
  let mark = await ports.log.readCheckpoint(endpointId);
  let range: CompactRange = mark ? { size: mark.size, hashes: mark.hashes } : EMPTY_RANGE;
  let before: Manifest | undefined;
  for await (const manifest of ports.log.readManifestsAfter(endpointId, mark?.slot)) {
    if (!before && mark) await checkGoesOn(ports.archive, mark, range);
    if (before && ports.deadline && ports.now() >= ports.deadline) {
      throw new CheckpointError(`the deadline came when ${before.slot} was archived; the next run goes on from there`);
    }
    if (manifest.entry !== range.size) {
      throw new CheckpointError(`the log has entry ${manifest.entry} where entry ${range.size} should be`);
    }
    await archiveEntry(ports, manifest, before);
    range = appendLeaf(range, leafHash(manifestText(manifest)));
    mark = await anchorCheckpoint(ports, manifest, range, mark);
    before = manifest;
  }
}

/** Checks that the archive has the checkpoint that the store names. */
async function checkGoesOn(archive: Archive, mark: StoredCheckpoint, range: CompactRange): Promise<void> {
  const found = await archive.get(checkpointObject(mark.endpointId, mark.size)).catch((error: unknown) => {
    if (error instanceof ObjectWithheld) return error;
    throw error;
  });
  if (found instanceof Error) {
    throw disagreement(`does not hold the checkpoint of ${mark.size} entries, or does not let it be read`, found);
  }
  if (!found) throw disagreement(`does not hold the checkpoint of ${mark.size} entries`);
  const checkpoint = { origin: originOf(mark.endpointId), size: mark.size, root: rootOf(range) };
  if (!isSigned(Buffer.from(found).toString(), checkpoint, mark.publicKey)) {
    throw disagreement(`holds another checkpoint of ${mark.size} entries`);
  }
}

function disagreement(what: string, cause?: Error): CheckpointError {
  return new CheckpointError(
    `the archive ${what}: the store or the archive was changed, or restored. Nothing is signed until this is cleared up; cvpn-audit verify tells more`,
    { cause },
  );
}

async function archiveEntry(ports: AnchorPorts, manifest: Manifest, before: Manifest | undefined): Promise<void> {
  const { archive, log, packed } = ports;
  const { endpointId } = manifest;
  const day = manifest.slot.slice(0, 10);
  const there = new Set(before?.slot.slice(0, 10) === day ? before.chunks.map(({ sha256 }) => sha256) : []);
  const missing = manifest.chunks.filter(({ sha256 }) => !there.has(sha256));
  await fewAtOnce(missing, AT_ONCE, async (reference) => {
    const bytes = packed?.get(reference.sha256) ?? (await log.readChunk(endpointId, reference));
    // It expired under the retention before it could be archived: the manifest has its expiry.
    if (bytes) await archive.putOnce(chunkObject(endpointId, manifest.slot, reference.sha256), bytes);
  });
  await putSame(archive, manifestObject(endpointId, manifest.entry), manifestText(manifest));
  const gap = gapOf(manifest, before ?? (await readBefore(log, manifest)));
  const note = gap && (await log.readGap(endpointId, gap.start));
  if (note) await putSame(archive, gapObject(endpointId, note.start), canonicalJson({ ...note }));
}

/** Each entry has its own checkpoint, even if several are anchored at once: a missing one was removed. */
async function anchorCheckpoint(
  { log, archive, signer }: AnchorPorts,
  { endpointId, slot }: Manifest,
  { size, hashes }: CompactRange,
  mark: StoredCheckpoint | undefined,
): Promise<StoredCheckpoint> {
  const publicKey = await signer.publicKey();
  const checkpoint = { origin: originOf(endpointId), size, root: rootOf({ size, hashes }) };
  const note = await signCheckpoint(checkpoint, signer);
  const isNewKey = !mark || !isEqual(mark.publicKey, publicKey);
  if (isNewKey) await putSame(archive, keyObject(publicKey), toPem(publicKey));
  const isSignedWith = (found: string, key: Uint8Array | undefined) => key && isSigned(found, checkpoint, key);
  const archived = await putSame(
    archive,
    checkpointObject(endpointId, size),
    note,
    (found) => isSignedWith(found, publicKey) || isSignedWith(found, mark?.publicKey),
  );
  // A run that was interrupted here, before a key change, has signed the same checkpoint with the old key.
  const isOld = archived !== note && !isSigned(archived, checkpoint, publicKey);
  const signed = mark && isOld ? { note: archived, publicKey: mark.publicKey } : { note, publicKey };
  const stored = { endpointId, size, slot, hashes, ...signed };
  await log.saveCheckpoint(stored);
  return stored;
}

/** Whether it is this checkpoint, signed with the key: others may have signed it as well (C2SP signed-note). */
function isSigned(note: string, { origin, size, root }: Checkpoint, publicKey: Uint8Array): boolean {
  try {
    const found = openCheckpoint(note, origin, [publicKey]);
    return found.size === size && isEqual(found.root, root);
  } catch (error) {
    if (error instanceof NoteRefused) return false;
    throw error;
  }
}

/** Only a deletion needs it: its entry does not say when the gap began. */
async function readBefore(log: SnapshotLog, { closedBecause, endpointId, previousSlot }: Manifest) {
  const isNeeded = closedBecause === 'endpoint-deleted' && previousSlot !== undefined;
  return isNeeded ? log.readManifest(endpointId, previousSlot) : undefined;
}

/**
 * A name in the archive always has the same content. The write comes first, and only existing objects are read, because S3 does not
 * tell the recorder that an object is absent (ADR 22).
 *
 * @param isSame whether an existing object with another text is acceptable
 * @returns the archived text
 */
async function putSame(
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
  throw disagreement(`holds another ${key}`);
}

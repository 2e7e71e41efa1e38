import { fewAtOnce } from '../few-at-once.ts';
import { chunkObject, gapObject, manifestObject } from '../trail/archive.ts';
import { canonicalJson } from '../trail/canonical-json.ts';
import { gapOf } from '../trail/log.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, leafHash } from '../trail/proof.ts';
import { type Manifest, manifestText } from '../trail/snapshot.ts';
import {
  anchorCheckpoint,
  asCheckpointError,
  type CheckpointPorts,
  checkGoesOn,
  putSame,
} from './anchor-checkpoint.ts';
import { CheckpointError } from './failures.ts';

/** The ports of anchoring. */
export interface AnchorPorts extends CheckpointPorts {
  readonly log: SnapshotLog;
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
export function anchorLog(ports: AnchorPorts, endpointId: string): Promise<void> {
  return asCheckpointError('the checkpoint', anchorEntries(ports, endpointId));
}

async function anchorEntries(ports: AnchorPorts, endpointId: string): Promise<void> {
  let mark = await ports.log.readCheckpoint(endpointId);
  let range: CompactRange = mark ? { size: mark.size, hashes: mark.hashes } : EMPTY_RANGE;
  let before: Manifest | undefined;
  for await (const manifest of ports.log.readManifestsAfter(endpointId, mark?.slot)) {
    if (!before && mark) await checkGoesOn(ports.archive, mark);
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

/** Only a deletion needs it: its entry does not say when the gap began. */
async function readBefore(log: SnapshotLog, { closedBecause, endpointId, previousSlot }: Manifest) {
  const isNeeded = closedBecause === 'endpoint-deleted' && previousSlot !== undefined;
  return isNeeded ? log.readManifest(endpointId, previousSlot) : undefined;
}

import { type Archive, chunkObject, gapObject, parseGap } from '../../lambda/trail/archive.ts';
import { unpackChunk } from '../../lambda/trail/chunks.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { Unreadable } from '../../lambda/trail/judged.ts';
import { gapOf, nextHead } from '../../lambda/trail/log.ts';
import type { GapNote, SnapshotLog } from '../../lambda/trail/ports.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { type Manifest, manifestText } from '../../lambda/trail/snapshot.ts';

/** The ports of a recovery. */
export interface RecoverPorts {
  readonly archive: Archive;
  readonly log: SnapshotLog;
  readonly onEntry: (manifest: Manifest, of: number) => void;
  /** Called with each chunk that is missing in the archive, or does not match its manifest. */
  readonly onLostChunk: (manifest: Manifest, sha256: string) => void;
}

/**
 * Appends the verified entries of an archived log to a store, chunks first, each entry like the recorder. Continues an
 * interrupted recovery.
 *
 * @param manifests all entries of the log, from the first one
 * @returns the number of entries of the log
 * @throws Error if the store's log is another one, or somebody else appends to it
 */
export async function recoverLog(
  ports: RecoverPorts,
  endpointId: string,
  manifests: readonly Manifest[],
): Promise<number> {
  let head = await ports.log.readHead(endpointId);
  await checkSame(ports.log, head, manifests);
  for (const [index, manifest] of manifests.entries()) {
    if (head && manifest.entry <= head.entry) continue;
    await recoverChunks(ports, manifest);
    const gap = await readGap(ports.archive, manifest, manifests[index - 1]);
    if (!(await ports.log.commit(manifest, head, gap))) {
      throw new Error(
        `Somebody else appends to the log of ${endpointId} in this table; expected a table for the recovery alone.`,
      );
    }
    head = nextHead(head, manifest, leafHash(manifestText(manifest)));
    ports.onEntry(manifest, manifests.length);
  }
  return head ? head.entry + 1 : 0;
}

async function checkSame(log: SnapshotLog, head: Head | undefined, manifests: readonly Manifest[]): Promise<void> {
  if (!head) return;
  const archived = manifests[head.entry];
  const stored = await log.readManifest(head.endpointId, head.slot);
  if (stored && archived && manifestText(stored) === manifestText(archived)) return;
  throw new Error(
    `The table has a log of ${head.endpointId} that is not the archived one (entry ${head.entry}, ${head.slot}); expected a new table, or one of an interrupted recovery.`,
  );
}

async function recoverChunks({ archive, log, onLostChunk }: RecoverPorts, manifest: Manifest): Promise<void> {
  for (const reference of manifest.chunks) {
    const bytes = await archive.get(chunkObject(manifest.endpointId, manifest.slot, reference.sha256));
    const isRight = bytes && (await unpackChunk(reference, bytes).catch(() => undefined));
    if (isRight) await log.putChunk(manifest.endpointId, { ...reference, bytes }, manifest.chunksExpireAt);
    else onLostChunk(manifest, reference.sha256);
  }
}

/** Its bounds follow from the log, and its reasons stand in it; those of early versions come from the archive. */
async function readGap(
  archive: Archive,
  manifest: Manifest,
  before: Manifest | undefined,
): Promise<GapNote | undefined> {
  const gap = gapOf(manifest, before);
  if (!gap) return undefined;
  if (manifest.gapReasons) return { ...gap, reasons: manifest.gapReasons };
  const key = gapObject(manifest.endpointId, gap.start);
  const bytes = await archive.get(key);
  return { ...gap, reasons: bytes ? reasonsIn(bytes, key) : [] };
}

function reasonsIn(bytes: Uint8Array, key: string): readonly string[] {
  try {
    return parseGap(bytes, key).reasons;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return ['unknown'];
  }
}

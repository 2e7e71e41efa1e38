import type { SnapshotRows } from '../trail/changes.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import { connectionIdOf } from '../trail/row.ts';
import { type Manifest, parseLine, type StoredRow, unpackChunk } from '../trail/snapshot.ts';

/** The chunks of a snapshot have expired under the trail's retention; its manifest stays. */
class ExpiredSnapshot extends Error {
  override readonly name = 'ExpiredSnapshot';
}

/**
 * Reads a snapshot's rows from its chunks.
 *
 * @param now tells expired chunks apart from missing ones
 * @throws ExpiredSnapshot, or Error where a chunk is missing or holds other bytes than its hash says
 */
async function readSnapshot(log: SnapshotLog, manifest: Manifest, now: Date): Promise<SnapshotRows> {
  if (manifest.chunksExpireAt !== undefined && manifest.chunksExpireAt * 1000 <= now.getTime()) {
    throw new ExpiredSnapshot(`the rows of ${manifest.endpointId} at ${manifest.slot} have expired`);
  }
  const chunks = await Promise.all(
    manifest.chunks.map(async (reference) => {
      const bytes = await log.readChunk(manifest.endpointId, reference);
      if (!bytes) throw new Error(`chunk ${reference.sha256} of ${manifest.endpointId} at ${manifest.slot} is missing`);
      return unpackChunk(reference, bytes);
    }),
  );
  return { manifest, rows: chunks.flat().map(toStoredRow) };
}

/**
 * The manifest whose rows the next entry after `manifest` is compared with: the last snapshot, unless the endpoint was
 * deleted since, for then all its connections have ended.
 */
async function baseOf(log: SnapshotLog, manifest: Manifest): Promise<Manifest | undefined> {
  let base = await previousOf(log, manifest);
  while (base?.kind === 'closed') {
    if (base.closedBecause === 'endpoint-deleted') return undefined;
    base = await previousOf(log, base);
  }
  return base;
}

async function previousOf(log: SnapshotLog, manifest: Manifest): Promise<Manifest | undefined> {
  if (manifest.previousSlot === undefined) return undefined;
  const previous = await log.readManifest(manifest.endpointId, manifest.previousSlot);
  if (!previous) throw new Error(`the manifest of ${manifest.endpointId} at ${manifest.previousSlot} is missing`);
  return previous;
}

/** An entry's rows, and those they are compared with. */
export interface SnapshotPair {
  readonly before: SnapshotRows | undefined;
  readonly now: SnapshotRows;
}

/**
 * Reads an entry's rows and those before it; undefined where its own have expired: then nothing is left to compare.
 *
 * @param atHand rows that need not be read again
 */
export async function readPair(
  log: SnapshotLog,
  manifest: Manifest,
  now: Date,
  atHand?: SnapshotRows,
): Promise<SnapshotPair | undefined> {
  const current = atHand?.manifest.slot === manifest.slot ? atHand : await readUnexpired(log, manifest, now);
  if (!current) return undefined;
  const base = await baseOf(log, manifest);
  return { before: base && (await readUnexpired(log, base, now)), now: current };
}

async function readUnexpired(log: SnapshotLog, manifest: Manifest, now: Date): Promise<SnapshotRows | undefined> {
  try {
    return await readSnapshot(log, manifest, now);
  } catch (error) {
    if (error instanceof ExpiredSnapshot) return undefined;
    throw error;
  }
}

const PLAIN_ID = /"connectionId":"(cvpn-connection-[0-9a-f]+)"/;

/** A line with its id: found by its text where that is plain, since parsing every line of a large snapshot is dear. */
function toStoredRow(line: string): StoredRow {
  const mention = line.indexOf('"connectionId"');
  const id = mention === line.lastIndexOf('"connectionId"') ? PLAIN_ID.exec(line)?.[1] : undefined;
  return { id: id ?? connectionIdOf(parseLine(line)), line };
}

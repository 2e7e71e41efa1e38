import type { SnapshotRows } from './changes.ts';
import { unpackChunk } from './chunks.ts';
import { inOrder } from './in-order.ts';
import { Unreadable } from './judged.ts';
import type { SnapshotLog } from './ports.ts';
import { connectionIdOf, LONGEST_ID } from './row.ts';
import { type ChunkReference, hasExpired, type Manifest, parseLine, type StoredRow } from './snapshot.ts';
import type { Instant } from './time.ts';

/** What reads chunks. */
export type ChunkReader = Pick<SnapshotLog, 'readChunk'>;

/**
 * A snapshot's rows from its chunks. It reads one chunk ahead, so memory holds two.
 *
 * @throws Unreadable if a chunk is missing or does not match its hash
 */
export async function* readRows(log: ChunkReader, manifest: Manifest): AsyncGenerator<readonly StoredRow[]> {
  yield* inOrder(manifest.chunks, 2, async (reference) => (await readLines(log, manifest, reference)).map(toStoredRow));
}

/**
 * The lines of one chunk of a snapshot.
 *
 * @throws Unreadable where the chunk is missing or holds other bytes than its hash says
 */
export async function readLines(log: ChunkReader, manifest: Manifest, reference: ChunkReference): Promise<string[]> {
  const bytes = await log.readChunk(manifest.endpointId, reference);
  if (!bytes) throw new Unreadable(missingChunk(manifest, reference));
  return unpackChunk(reference, bytes);
}

/** That a chunk is not there, in a sentence. */
export const missingChunk = ({ endpointId, slot }: Manifest, { sha256 }: ChunkReference): string =>
  `The chunk ${sha256} of ${endpointId} at ${slot} is not there.`;

/**
 * The manifest whose rows the next entry after `manifest` is compared with: the last snapshot. Undefined if the endpoint
 * was deleted since, because then all its connections have ended.
 */
async function baseOf(log: SnapshotLog, manifest: Manifest): Promise<Manifest | undefined> {
  let base = await previousOf(log, manifest);
  while (base?.kind === 'closed') {
    if (base.closedBecause === 'endpoint-deleted') return undefined;
    base = await earlierOf(log, base);
  }
  return base;
}

/** For walks back, which must come to an end whatever the entries say. */
async function earlierOf(log: SnapshotLog, manifest: Manifest): Promise<Manifest | undefined> {
  const previous = await previousOf(log, manifest);
  if (!previous || previous.slot < manifest.slot) return previous;
  throw new Unreadable(
    `The manifest of ${manifest.endpointId} at ${manifest.slot} names ${previous.slot} as the entry before it.`,
  );
}

async function previousOf(log: SnapshotLog, manifest: Manifest): Promise<Manifest | undefined> {
  if (manifest.previousSlot === undefined) return undefined;
  const previous = await log.readManifest(manifest.endpointId, manifest.previousSlot);
  if (!previous) throw new Error(`the manifest of ${manifest.endpointId} at ${manifest.previousSlot} is missing`);
  return previous;
}

/** An entry's rows, and the rows before them. */
export interface SnapshotPair {
  readonly before: SnapshotRows | undefined;
  readonly now: SnapshotRows;
}

/**
 * Reads an entry's rows and those before it; undefined if its own rows have expired.
 *
 * @param atHand snapshots whose rows need not be read again
 */
export async function readPair(
  log: SnapshotLog,
  manifest: Manifest,
  now: Date,
  atHand: readonly SnapshotRows[] = [],
): Promise<SnapshotPair | undefined> {
  const open = (wanted: Manifest) =>
    atHand.find((one) => one.manifest.slot === wanted.slot) ??
    (hasExpired(wanted, now)
      ? undefined
      : { manifest: wanted, rows: { [Symbol.asyncIterator]: () => readRows(log, wanted) } });
  const current = open(manifest);
  if (!current) return undefined;
  const base = await baseOf(log, manifest);
  return { before: base && open(base), now: current };
}

/** The rows of the entries from a slot on until right before an entry, oldest first; without those that have expired. */
export async function* readRowsBefore(
  log: SnapshotLog,
  manifest: Manifest,
  from: Instant,
  now: Date,
): AsyncGenerator<readonly StoredRow[]> {
  const entries: Manifest[] = [];
  for (let one = await previousOf(log, manifest); one && one.slot >= from; one = await earlierOf(log, one)) {
    if (!hasExpired(one, now)) entries.unshift(one);
  }
  for (const entry of entries) yield* readRows(log, entry);
}

const ID_MEMBER = '"connectionId":"';
const PLAIN_ID = /cvpn-connection-[0-9a-f]+(?=")/y;

/** A line with its id. A text search finds simple ids, because parsing every line of a large snapshot is slow. */
export function toStoredRow(line: string): StoredRow {
  return { id: plainIdIn(line) ?? connectionIdOf(parseLine(line)), line };
}

/** The row's own id, with nothing but plain texts before it: one inside another element, or inside a text, is not the row's. */
function plainIdIn(line: string): string | undefined {
  const at = line.indexOf(ID_MEMBER);
  const before = line.slice(0, Math.max(at, 0));
  if (at < 0 || before.includes('\\') || before.includes('{', 1) || before.includes('[')) return undefined;
  PLAIN_ID.lastIndex = at + ID_MEMBER.length;
  const [id] = PLAIN_ID.exec(line) ?? [];
  return id !== undefined && id.length <= LONGEST_ID ? id : undefined;
}

import { hashLines, packChunks } from '../trail/chunks.ts';
import { areClocksOdd, ownSpan, safeTimes } from '../trail/clocks.ts';
import { gapReasons, knownReasons } from '../trail/gap-reasons.ts';
import type { Head } from '../trail/head.ts';
import { gapOf } from '../trail/log.ts';
import { concerns, ownerOf } from '../trail/owner.ts';
import type { GapNote, SnapshotLog } from '../trail/ports.ts';
import { present } from '../trail/present.ts';
import { type ChunkReference, FORMAT_VERSION, itemHashes, type Manifest } from '../trail/snapshot.ts';
import { type Instant, toMilliseconds } from '../trail/time.ts';
import type { Capture } from './capture.ts';
import { RECORDER_VERSION } from './version.ts';

/** The parts of an entry that do not come from the capture. */
export interface EntryContext {
  readonly accountId: string;
  readonly region: string;
  readonly endpointId: string;
  readonly slot: Instant;
  /** The scheduled moment, if the entry goes on from a slot that is ahead of it. */
  readonly scheduledSlot?: Instant | undefined;
  readonly epsilonSeconds: number;
  readonly intervalMinutes: number;
  readonly retentionDays?: number | undefined;
}

/**
 * Appends a capture to its endpoint's log: the chunks first, then manifest, head and gap together.
 *
 * @param read the head that was read before the capture began
 * @returns undefined, with only orphaned chunks written, if another recorder has appended since
 */
export async function appendSnapshot(
  log: SnapshotLog,
  context: EntryContext,
  read: Head | undefined,
  capture: Capture,
): Promise<{ manifest: Manifest; gap: GapNote | undefined; packed: Map<string, Uint8Array> } | undefined> {
  const chunksExpireAt =
    context.retentionDays === undefined ? undefined : toMilliseconds(capture.f) / 1000 + context.retentionDays * 86_400;
  const { references: chunks, packed } = await putChunks(
    log,
    context.endpointId,
    capture,
    await storedBefore(log, read, chunksExpireAt),
    chunksExpireAt,
  );
  const { rows, unidentified, requestIds, backwardsSeconds, ...captured } = capture;
  const entry = { ...entryOf(context, read), ...captured };
  const clocksDiffer = backwardsSeconds > context.epsilonSeconds || areClocksOdd(entry, read);
  const captureOnly: Manifest = {
    kind: 'snapshot',
    ...entry,
    ...(clocksDiffer ? { clocksDiffer } : {}),
    ...boundRequestIds(requestIds),
    rows: rows.length,
    ...(unidentified > 0 ? { unidentified } : {}),
    chunks,
    ...(chunksExpireAt === undefined ? {} : { chunksExpireAt }),
  };
  const gap = await gapBefore(log, context, read, captureOnly);
  const manifest = withReasons(captureOnly, gap);
  return (await log.commit(manifest, read, gap)) ? { manifest, gap, packed } : undefined;
}

/** Request ids that a manifest has from each end: an item holds 400 KB, and a capture may take any number of pages. */
const REQUEST_IDS_KEPT = 100;
/** AWS's are UUIDs, of 36 characters. */
const LONGEST_REQUEST_ID = 128;

/** The first and the last request ids, and how many others there were, with their hash (ADR 32). */
function boundRequestIds(all: readonly string[]): Pick<Manifest, 'requestIds' | 'requestIdsLeftOut'> {
  const isKept = (id: string, index: number) =>
    id.length <= LONGEST_REQUEST_ID && (index < REQUEST_IDS_KEPT || index >= all.length - REQUEST_IDS_KEPT);
  const leftOut = all.filter((id, index) => !isKept(id, index));
  return {
    requestIds: all.filter(isKept),
    ...(leftOut.length > 0 ? { requestIdsLeftOut: { count: leftOut.length, sha256: hashLines(leftOut) } } : {}),
  };
}

/** Appends the entry that closes a log: the endpoint was deleted, or is no longer configured (ADR 9). */
export async function appendClosing(
  log: SnapshotLog,
  context: EntryContext,
  read: Head,
  closing: {
    readonly because: 'endpoint-deleted' | 'not-configured';
    readonly at: Instant;
    /** The machine's time then; absent if `at` is that already. */
    readonly ownAt?: Instant | undefined;
    readonly requestIds: readonly string[];
  },
): Promise<{ manifest: Manifest; gap: GapNote | undefined } | undefined> {
  const { at, ownAt, because } = closing;
  const entry = { ...entryOf(context, read), s: at, f: at, ...present({ ownS: ownAt, ownF: ownAt }) };
  const clocksDiffer = areClocksOdd(entry, read);
  // It was deleted at the latest by then, whichever clock is wrong.
  const { f } = safeTimes(clocksDiffer ? { ...entry, clocksDiffer } : entry);
  const closed: Manifest = {
    kind: 'closed',
    closedBecause: because,
    ...entry,
    ...(clocksDiffer ? { clocksDiffer, s: f, f } : {}),
    pages: 0,
    ...boundRequestIds(closing.requestIds),
    rows: 0,
    connections: 0,
    chunks: [],
  };
  const lost = gapOf(closed, read);
  const gap = lost && { ...lost, reasons: ['endpoint-deleted'] };
  const manifest = withReasons(closed, gap);
  return (await log.commit(manifest, read, gap)) ? { manifest, gap } : undefined;
}

/** The bounds of a gap follow from the log; its reasons do not, so they are signed with the entry that ends it. */
const withReasons = (manifest: Manifest, gap: GapNote | undefined): Manifest =>
  gap ? { ...manifest, gapReasons: gap.reasons } : manifest;

function entryOf(context: EntryContext, read: Head | undefined) {
  const { accountId, region, endpointId, slot, scheduledSlot, epsilonSeconds } = context;
  return {
    accountId,
    region,
    endpointId,
    entry: read ? read.entry + 1 : 0,
    slot,
    ...present({
      scheduledSlot,
      previousSlot: read?.slot,
      previousS: read?.coveredFromS,
      previousOwnS: read?.coveredFromOwnS,
    }),
    epsilonSeconds,
    versions: { format: FORMAT_VERSION, recorder: RECORDER_VERSION },
  };
}

/** Hashes of chunks that need not be written again; with a retention all are written, to extend their expiry. */
async function storedBefore(
  log: SnapshotLog,
  read: Head | undefined,
  chunksExpireAt: number | undefined,
): Promise<Set<string>> {
  if (!read || chunksExpireAt !== undefined) return new Set();
  const before = await log.readManifest(read.endpointId, read.slot);
  return new Set(before?.chunksExpireAt === undefined ? before?.chunks.flatMap(itemHashes) : []);
}

async function putChunks(
  log: SnapshotLog,
  endpointId: string,
  capture: Capture,
  stored: ReadonlySet<string>,
  expiresAt: number | undefined,
): Promise<{ references: ChunkReference[]; packed: Map<string, Uint8Array> }> {
  const references: ChunkReference[] = [];
  const packed = new Map<string, Uint8Array>();
  for await (const chunk of packChunks(capture.rows)) {
    const { bytes, ...reference } = chunk;
    if (!itemHashes(reference).every((sha256) => stored.has(sha256))) await log.putChunk(endpointId, chunk, expiresAt);
    references.push(reference);
    packed.set(chunk.sha256, bytes);
  }
  return { references, packed };
}

async function gapBefore(
  log: SnapshotLog,
  context: EntryContext,
  read: Head | undefined,
  manifest: Manifest,
): Promise<GapNote | undefined> {
  const { previousS } = manifest;
  const gap = gapOf(manifest, read);
  if (!gap || previousS === undefined) return undefined;
  const [from, to] = ownSpan({ ...manifest, previousS });
  const notes = await log.readFailures(context.endpointId, from, to);
  const lists = await log.readFailures(undefined, from, to);
  const own = lists.filter((note) => concerns(note, ownerOf(context)));
  const all = [...notes, ...own].sort((a, b) => (a.at < b.at ? -1 : 1));
  return { ...gap, reasons: gapReasons(all, from, to, context.intervalMinutes, knownReasons(read)) };
}

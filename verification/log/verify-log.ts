import { inOrder } from '../../lambda/trail/in-order.ts';
import type { Hash } from '../../lambda/trail/proof.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Findings } from '../findings.ts';
import { collectFindings } from '../findings.ts';
import type { ArchivedLog } from './archived-log.ts';
import { type FoundEntry, type Stretch, UNREAD } from './found-entry.ts';
import { LogJudge } from './judge-log.ts';
import { KeyHistory } from './key-history.ts';
import { readManifest, type StoredLog } from './stored-log.ts';
import type { TrustedCheckpoint } from './trusted-checkpoint.ts';

/** An endpoint's log as store and archive hold it; either may be absent. */
interface LogSources {
  readonly endpointId: string;
  readonly stored: StoredLog | undefined;
  readonly archived: ArchivedLog | undefined;
  /** A checkpoint from the store, with a verified signature. */
  readonly storedCheckpoint: TrustedCheckpoint | undefined;
  /** Slots outside it come from the store if possible: the archive is not read for them. */
  readonly isInWindow: (slot: string) => boolean;
  /** Aborted to stop. */
  readonly signal?: AbortSignal | undefined;
}

/** The verified log; each entry matches the signed one, except where a fault was reported. */
export interface VerifiedLog {
  /** The manifests in log order, without those that neither store nor archive has. */
  readonly manifests: readonly Manifest[];
  /** The hashes of their leaves, as they were signed. */
  readonly leaves: readonly Hash[];
  /** Whether every entry is there, and none contradicts a signed root. */
  readonly isTied: boolean;
  /** Entries that a trusted checkpoint covers. */
  readonly anchored: number;
  /** Entries whose manifests are in the store. */
  readonly stored: ReadonlySet<number>;
  /** Entries whose manifests are in the archive. */
  readonly archived: ReadonlySet<number>;
  /** The keys of the archived checkpoints that were read. */
  readonly keys: KeyHistory;
  /** Entries that are known to have been archived and signed, whatever the archive holds now. */
  readonly known: number;
}

/** Concurrent reads of archive objects. */
const AHEAD = 32;

/**
 * Verifies an endpoint's log: every manifest is the leaf that was signed, store and archive hold the same, none is missing,
 * and each checkpoint's tree goes on from the one before it, since all of them are computed from the same leaves.
 *
 * Where something is wrong, the archive is read outside of the window too: it may tell what exactly.
 */
export async function verifyLog(sources: LogSources, findings: Findings): Promise<VerifiedLog> {
  const first = collectFindings((text) => findings.progress(text));
  const log = await judge(sources, first);
  if (log.hasUnread && first.faults.length > 0) {
    return judge({ ...sources, isInWindow: () => true }, findings);
  }
  for (const fault of first.faults) findings.fault(fault);
  for (const note of first.notes) findings.note(note);
  return log;
}

async function judge(sources: LogSources, findings: Findings): Promise<VerifiedLog & { readonly hasUnread: boolean }> {
  const { stored, archived, storedCheckpoint, endpointId, signal } = sources;
  const known = Math.max(archived?.newestSize ?? 0, storedCheckpoint?.size ?? 0);
  let length = known;
  while (archived?.entries.has(length)) length += 1;
  length = stored?.extentFrom(length) ?? length;
  const judgement = new LogJudge({ endpointId, stored, archived, known, length }, findings);
  const keys = new KeyHistory();
  let hasUnread = false;
  const read = async (part: Stretch | number) => (typeof part === 'number' ? findEntry(sources, part) : part);
  for await (const found of inOrder(partsOf(sources, length), AHEAD, read)) {
    signal?.throwIfAborted();
    if ('end' in found) {
      judgement.miss(found);
      continue;
    }
    hasUnread ||= found.archived === UNREAD;
    judgement.take(found);
    keys.take(found);
  }
  judgement.finish();
  const { manifests, leaves, isTied, anchored } = judgement;
  return {
    manifests,
    leaves,
    isTied,
    anchored,
    known,
    hasUnread,
    keys,
    stored: judgement.storedEntries,
    archived: archived?.entries ?? new Set(),
  };
}

/**
 * The entries of a log in order; those in a row of which there is nothing are one stretch. A length that somebody signed, or wrote, may be
 * any number: what it takes to walk over the log must depend on what is there.
 */
function* partsOf({ stored, archived, storedCheckpoint }: LogSources, length: number): Generator<Stretch | number> {
  const isThere = (entry: number) =>
    archived?.entries.has(entry) ||
    archived?.sizes.has(entry + 1) ||
    storedCheckpoint?.size === entry + 1 ||
    (stored?.claiming(entry).length ?? 0) > 0;
  // Nearly never needed, and large for a long log.
  let all: readonly number[] | undefined;
  const numbers = () => [
    ...(archived?.entries ?? []),
    ...[...(archived?.sizes ?? []), storedCheckpoint?.size ?? 0].map((size) => size - 1),
    ...(stored?.claimed ?? []),
  ];
  for (let entry = 0, at = 0; entry < length; ) {
    if (isThere(entry)) {
      yield entry++;
      continue;
    }
    all ??= numbers().sort((one, other) => one - other);
    while ((all[at] ?? length) < entry) at += 1;
    const end = Math.min(all[at] ?? length, length);
    yield { first: entry, end };
    entry = end;
  }
}

async function findEntry(sources: LogSources, entry: number): Promise<FoundEntry> {
  const { archived, stored, storedCheckpoint, isInWindow } = sources;
  const claimed = stored?.claiming(entry) ?? [];
  const own = storedCheckpoint?.size === entry + 1 ? storedCheckpoint : undefined;
  const slot = claimed[0]?.slot;
  if (!archived || (slot !== undefined && !isInWindow(slot) && entry + 1 < archived.newestSize)) {
    const text = archived?.entries.has(entry) ? UNREAD : undefined;
    return { entry, claimed, archived: text, checkpoint: own, hasCheckpoint: archived?.sizes.has(entry + 1) === true };
  }
  const [text, reading] = await Promise.all([archived.readManifest(entry), archived.readCheckpoint(entry + 1)]);
  const atSlot = text === undefined ? undefined : readManifest(text)?.slot;
  const item = atSlot === undefined ? undefined : stored?.at(atSlot);
  return {
    entry,
    claimed: item && !claimed.includes(item) ? [...claimed, item] : claimed,
    archived: text,
    checkpoint: reading?.checkpoint ?? own,
    signedBy: reading?.checkpoint && reading,
    hasCheckpoint: reading !== undefined,
    ...(reading && !reading.checkpoint ? { refused: reading } : {}),
  };
}

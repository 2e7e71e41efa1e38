import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { TRAIL } from '../../lambda/dynamodb/snapshot-keys.ts';
import { type Archive, tenDigits } from '../../lambda/trail/archive.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import type { Findings } from '../findings.ts';
import { type ArchivedLog, openArchivedLog } from '../log/archived-log.ts';
import type { FoundEntry, Stretch } from '../log/found-entry.ts';
import { type CheckpointReading, readCheckpointNote } from '../log/trusted-checkpoint.ts';
import { verifyNotRolledBack, verifyStoredCheckpoint } from '../log/verify-stored-checkpoint.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { TrailLogJudge, type VerifiedTrailLog } from './judge-trail-log.ts';

/** Where the trail's log is. */
export interface TrailLogPorts {
  readonly store: StoredEvidence | undefined;
  readonly archive: Archive | undefined;
  readonly findings: Findings;
  readonly signal?: AbortSignal | undefined;
}

/** Concurrent reads of archive objects. */
const AHEAD = 32;

/**
 * Verifies the trail's own log: its entries are those that were signed, store and archive hold the same, none is missing, and none
 * takes back what an earlier one said. It is read before the logs that it names, which are written before it.
 *
 * @param mark the store's newest checkpoint of it, if the store has one
 * @param onEntry gets the texts of the entries under a checkpoint
 */
export async function readTrailLog(
  ports: TrailLogPorts,
  name: string,
  mark: Item | undefined,
  keys: TrustedKeys,
  onEntry: (text: string) => void = () => undefined,
): Promise<VerifiedTrailLog> {
  const { store, archive, findings, signal } = ports;
  const reading = mark && readCheckpointNote(String(mark.note), name, keys);
  const archived = archive && (await openArchivedLog(archive, name, keys, findings));
  const stored = store && (await readItems(store, name, findings));
  const known = Math.max(archived?.newestSize ?? 0, reading?.checkpoint?.size ?? 0);
  let length = known;
  while (archived?.entries.has(length) || stored?.has(length)) length += 1;
  const judge = new TrailLogJudge({ name, stored, archived, known, length }, findings, onEntry);
  const read = async (part: Stretch | number) => (typeof part === 'number' ? findEntry(part, archived, reading) : part);
  const there = [...(archived?.entries ?? []), ...(stored?.keys() ?? []), ...[...(archived?.sizes ?? [])].map(before)];
  for await (const found of inOrder(partsOf(length, [...there, (reading?.checkpoint?.size ?? 0) - 1]), AHEAD, read)) {
    signal?.throwIfAborted();
    if ('end' in found) judge.miss(found);
    else judge.take(found);
  }
  judge.finish();
  if (mark && reading) verifyStoredCheckpoint(name, mark, reading, judge, findings);
  if (store && archived && (mark || stored?.size)) {
    verifyNotRolledBack(name, await store.readCheckpoint(name), archived.newestSize, findings);
  }
  const newest =
    reading?.checkpoint?.size === judge.anchored ? reading : await archived?.readCheckpoint(judge.anchored);
  judge.checkpoint = newest?.checkpoint && newest.note;
  return judge;
}

const before = (size: number): number => size - 1;

/** The entries of a log in order; those in a row of which there is nothing are one stretch, since a length may be any number. */
function* partsOf(length: number, there: readonly number[]): Generator<Stretch | number> {
  let next = 0;
  for (const entry of [...new Set(there)].sort((one, other) => one - other)) {
    if (entry < 0 || entry >= length) continue;
    if (entry > next) yield { first: next, end: entry };
    yield entry;
    next = entry + 1;
  }
  if (next < length) yield { first: next, end: length };
}

/** The store's entries, by their number. */
async function readItems(store: StoredEvidence, name: string, findings: Findings): Promise<Map<number, Item>> {
  const items = new Map<number, Item>();
  for await (const item of store.readEntries(TRAIL)) {
    const slot = String(item.slot);
    const entry = Number.parseInt(slot, 10);
    if (tenDigits(entry) === slot) items.set(entry, item);
    else if (slot !== name) {
      const message = `The item at ${slot} is nothing that the recorder writes.`;
      findings.fault({ kind: 'manifest-added', place: 'store', endpointId: name, slot, message });
    }
  }
  return items;
}

async function findEntry(
  entry: number,
  archived: ArchivedLog | undefined,
  stored: CheckpointReading | undefined,
): Promise<FoundEntry> {
  const [text, reading] = await Promise.all([archived?.readManifest(entry), archived?.readCheckpoint(entry + 1)]);
  const own = stored?.checkpoint?.size === entry + 1 ? stored.checkpoint : undefined;
  return {
    entry,
    claimed: [],
    archived: text,
    checkpoint: reading?.checkpoint ?? own,
    hasCheckpoint: reading !== undefined,
    ...(reading && !reading.checkpoint ? { refused: reading } : {}),
  };
}

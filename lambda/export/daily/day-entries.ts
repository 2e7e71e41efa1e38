import { endsAll, type Unlisted } from '../../recorder/unlisted.ts';
import { provesUnlisted } from '../../trail/coverage.ts';
import type { Watermark } from '../../trail/head.ts';
import { gapOf, isProof } from '../../trail/log.ts';
import type { SnapshotLog } from '../../trail/ports.ts';
import type { Manifest } from '../../trail/snapshot.ts';
import { addSeconds, type Instant } from '../../trail/time.ts';
import { type Day, firstSecondOf, lastSecondOf } from './calendar-day.ts';

type ManifestReader = Pick<SnapshotLog, 'readManifestsAfter'>;

/** Longer than the wait for a missing connection, if the snapshots before the day are complete and on time. */
const LOOK_BACK_SECONDS = 2 * 3600;

/** The entries with slots in a day, in order. */
export async function readDayEntries(log: ManifestReader, endpointId: string, day: Day): Promise<Manifest[]> {
  const entries: Manifest[] = [];
  for await (const manifest of log.readManifestsAfter(endpointId, addSeconds(firstSecondOf(day), -1))) {
    if (manifest.slot > lastSecondOf(day)) break;
    entries.push(manifest);
  }
  return entries;
}

/**
 * The watermark of the log before an entry, including each entry that may have been the first without a connection whose end
 * was not proven by then.
 */
export async function readMarkBefore(log: ManifestReader, first: Manifest): Promise<Watermark | undefined> {
  const { endpointId, entry, previousSlot } = first;
  if (previousSlot === undefined) return undefined;
  for (let seconds = LOOK_BACK_SECONDS; ; seconds *= 4) {
    const before = await readUntil(log, first, addSeconds(first.slot, -seconds));
    const { unlisted, isAll } = unsettled(before);
    if (isAll || before[0]?.entry === 0)
      return { endpointId, entry: entry - 1, slot: previousSlot, s: '', f: '', unlisted };
  }
}

async function readUntil(log: ManifestReader, end: Manifest, after: Instant): Promise<Manifest[]> {
  const found: Manifest[] = [];
  for await (const manifest of log.readManifestsAfter(end.endpointId, after)) {
    if (manifest.entry >= end.entry) break;
    found.push(manifest);
  }
  return found;
}

/**
 * The rules of `endUnlisted` in reverse: connections that went missing long enough before a proof, without a gap between, are
 * settled; a gap lets those before it wait from the proof after it on.
 */
function unsettled(before: readonly Manifest[]): { unlisted: Unlisted; isAll: boolean } {
  const unlisted: Unlisted[number][] = [];
  // The last proof of the stretch without gaps, the first proof after the entry, and where those before a gap wait from.
  let [last, next, from]: (Manifest | undefined)[] = [];
  for (const manifest of before.toReversed()) {
    const { entry, slot } = manifest;
    if (endsAll(manifest)) return { unlisted, isAll: true };
    if (manifest.closedBecause === 'not-configured') continue;
    if (isProof(manifest)) {
      if (next && gapOf(next, undefined)) {
        from ??= next;
        last = undefined;
      }
      last ??= manifest;
      next = manifest;
      if (provesUnlisted(manifest, last, last.epsilonSeconds)) return { unlisted, isAll: true };
    }
    const since = from ?? (isProof(manifest) ? undefined : next);
    unlisted.unshift({ entry, slot, ...(since ? { from: since.slot } : {}) });
  }
  return { unlisted, isAll: false };
}

import type { CaptureTimes } from './coverage.ts';
import type { Manifest } from './snapshot.ts';
import { addSeconds, earlier, type Instant, later, secondsBetween } from './time.ts';

type Taken = Pick<CaptureTimes, 's' | 'ownS'>;
type Times = Pick<Manifest, 's' | 'f' | 'ownS' | 'ownF' | 'previousS' | 'previousOwnS'>;

/** AWS's times and the machine's are cut to the second. */
const ROUNDING_SECONDS = 2;

/** No slot lies further ahead of AWS's time: all recordings until then would count as earlier ones. */
const AHEAD_SECONDS = 300;

/** How far AWS's clock was ahead of the machine's, in seconds; undefined where the machine's time was not recorded. */
export function skewOf({ s, ownS }: Taken): number | undefined {
  return ownS === undefined ? undefined : secondsBetween(ownS, s);
}

/** The skew of the last proof before an entry; 0 where none is known. */
export function provenSkew({ previousS, previousOwnS }: Pick<Manifest, 'previousS' | 'previousOwnS'>): number {
  return (previousS === undefined ? undefined : skewOf({ s: previousS, ownS: previousOwnS })) ?? 0;
}

/**
 * Whether the clocks differ from what was known of them, by more than epsilon: one answer with an odd time must not carry coverage.
 * A new skew counts once it is repeated: a clock that was set costs one snapshot, and a constant skew the first of a log (ADR 31).
 *
 * @param before the entry right before
 */
export function areClocksOdd(entry: Times & Pick<Manifest, 'epsilonSeconds'>, before: Taken | undefined): boolean {
  const { s, f, ownS, ownF, epsilonSeconds } = entry;
  const skew = skewOf(entry);
  if (ownS === undefined || ownF === undefined || skew === undefined) return false;
  const isFar = (one: number, other: number) => Math.abs(one - other) > epsilonSeconds + ROUNDING_SECONDS;
  if (isFar(secondsBetween(s, f), secondsBetween(ownS, ownF))) return true;
  const repeated = before && skewOf(before);
  return isFar(skew, provenSkew(entry)) && (repeated === undefined || isFar(skew, repeated));
}

/**
 * The times of a snapshot that claim the least: where its clocks differ, either may be wrong, so these are the earliest `s` and the
 * latest `f` by both, in AWS's time.
 */
export function safeTimes(entry: Times & Pick<Manifest, 'clocksDiffer'>): Pick<CaptureTimes, 's' | 'f'> {
  const { s, f, ownS, ownF, clocksDiffer } = entry;
  if (!clocksDiffer || ownS === undefined || ownF === undefined) return { s, f };
  const skew = provenSkew(entry);
  return { s: earlier(s, addSeconds(ownS, skew)), f: later(f, addSeconds(ownF, skew)) };
}

/**
 * From when on it is sure that an entry's open connections were still open: its `s`, or where its clocks differ that of the last
 * proof, if that is later (an entry is taken after those before it).
 */
export function surelyListedS(entry: Times & Pick<Manifest, 'clocksDiffer'>): Instant {
  const { s } = safeTimes(entry);
  return entry.clocksDiffer ? later(s, entry.previousS ?? s) : s;
}

/** Whether a slot lies so far ahead of the time that the time, or the slot, is a mistake. */
export function isFarAhead(slot: Instant, time: Instant): boolean {
  return secondsBetween(time, slot) > AHEAD_SECONDS;
}

/** The time span between the last proof and an entry by the machine's clock, in which failures are noted, or else by AWS's. */
export function ownSpan({
  previousS,
  previousOwnS,
  f,
  ownF,
}: Times & { readonly previousS: Instant }): [from: Instant, to: Instant] {
  if (previousOwnS === undefined || ownF === undefined) return [previousS, f];
  // Where the machine's clock was set meanwhile, the notes are on both sides of that.
  const passed = secondsBetween(previousS, f);
  return [earlier(previousOwnS, addSeconds(ownF, -passed)), later(ownF, addSeconds(previousOwnS, passed))];
}

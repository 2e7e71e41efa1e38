import type { FailureReason } from './failure.ts';
import type { FailureNote } from './ports.ts';
import { type Instant, secondsBetween } from './time.ts';

/** A reason that the log itself gives. */
export type KnownReason = 'not-configured' | 'endpoint-deleted' | 'unidentified-rows';

const HARMLESS: ReadonlySet<string> = new Set<FailureReason>(['superseded', 'checkpoint']);

/** Whether a failure lost no data. */
const isHarmless = ({ reason, unfinished }: FailureNote): boolean => HARMLESS.has(reason) || unfinished !== undefined;

/**
 * The reasons for a gap: those of the failures noted in it, and `no-run` if there was no attempt for more than two
 * intervals.
 *
 * @param notes the failures noted between `from` and `to`, in order
 * @param known a reason that the log itself gives: then `no-run` is not added
 */
export function gapReasons(
  notes: readonly FailureNote[],
  from: Instant,
  to: Instant,
  intervalMinutes: number,
  known: KnownReason | undefined,
): string[] {
  const reasons = new Set<string>(notes.filter((note) => !isHarmless(note)).map(({ reason }) => reason));
  if (known) reasons.add(known);
  const attempts = [from, ...notes.map(({ at }) => at), to];
  const longest = Math.max(...attempts.slice(1).map((at, index) => secondsBetween(attempts[index] ?? at, at)));
  if (longest > 2 * 60 * intervalMinutes && !known) reasons.add('no-run');
  return [...reasons].sort();
}

import type { FailureReason } from './failure.ts';
import type { FailureNote } from './ports.ts';
import { type Instant, secondsBetween } from './time.ts';

/** A reason that the log itself gives. */
export type KnownReason = 'not-configured' | 'endpoint-deleted' | 'unidentified-rows';

/** What is noted as these was recorded all the same. */
const HARMLESS: ReadonlySet<string> = new Set<FailureReason>(['superseded', 'checkpoint']);

/**
 * Why a gap came about: the reasons of the failures noted in it, with `no-run` where for more than two intervals
 * nobody even tried.
 *
 * @param notes the failures noted between `from` and `to`, in order
 * @param known a reason that the log itself gives: then nobody is missed
 */
export function gapReasons(
  notes: readonly FailureNote[],
  from: Instant,
  to: Instant,
  intervalMinutes: number,
  known: KnownReason | undefined,
): string[] {
  const reasons = new Set<string>(notes.map(({ reason }) => reason).filter((reason) => !HARMLESS.has(reason)));
  if (known) reasons.add(known);
  const attempts = [from, ...notes.map(({ at }) => at), to];
  const longest = Math.max(...attempts.slice(1).map((at, index) => secondsBetween(attempts[index] ?? at, at)));
  if (longest > 2 * 60 * intervalMinutes && !known) reasons.add('no-run');
  return [...reasons].sort();
}

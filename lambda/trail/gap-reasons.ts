import type { FailureReason } from './failure.ts';
import type { Head, UnprovenReason } from './head.ts';
import type { FailureNote } from './ports.ts';
import { type Instant, secondsBetween } from './time.ts';

/** A reason that the log itself gives. */
export type KnownReason = 'not-configured' | 'endpoint-deleted' | UnprovenReason;

const HARMLESS: ReadonlySet<string> = new Set<FailureReason>(['superseded', 'checkpoint']);

/** What a log's head says of why coverage does not continue from its last entry. */
export function knownReasons(head: Head | undefined): readonly KnownReason[] {
  if (head?.state === 'closed') return head.closedBecause ? [head.closedBecause] : [];
  if (!head || head.s === head.coveredFromS) return [];
  return head.unprovenBecause ?? ['unidentified-rows'];
}

/** Whether a failure lost no data. */
const isHarmless = ({ reason, unfinished }: FailureNote): boolean => HARMLESS.has(reason) || unfinished !== undefined;

/**
 * The reasons for a gap: those of the failures noted in it, and `no-run` if there was no attempt for more than two
 * intervals. There is always one: `unknown` if nothing else is known.
 *
 * @param notes the failures noted between `from` and `to`, by the machine's clock, in order
 * @param known reasons that the log itself gives: then `no-run` is not added
 */
export function gapReasons(
  notes: readonly FailureNote[],
  from: Instant,
  to: Instant,
  intervalMinutes: number,
  known: readonly KnownReason[],
): string[] {
  const noted = notes.filter((note) => !isHarmless(note)).map(({ reason }) => reason);
  const reasons = new Set<string>([...noted, ...known]);
  const attempts = [from, ...notes.map(({ at }) => at), to];
  const isLong = attempts.some((at, index) => secondsBetween(attempts[index - 1] ?? at, at) > 2 * 60 * intervalMinutes);
  if (isLong && known.length === 0) reasons.add('no-run');
  if (reasons.size === 0) reasons.add('unknown');
  return [...reasons].sort();
}

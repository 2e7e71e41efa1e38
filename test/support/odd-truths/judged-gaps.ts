import { type Attempt, HOUR, secondAt } from './truth.ts';

interface AnsweredGap {
  readonly start: string;
  readonly end: string;
  readonly reasons: readonly string[];
  readonly ongoing?: boolean;
}

/** An attempt that was made, and when, by true time. */
export interface Attempted extends Pick<Attempt, 'aws'> {
  readonly second: number;
}

/** Two intervals of five minutes, and what a recording may take. */
const LONG_WITHOUT_ATTEMPT = 2 * 300 + 120;

/** What is wrong with the reasons of gaps: there is none, or one that was none, or one that was is not told. */
export function gapFaults(gaps: readonly AnsweredGap[], attempts: readonly Attempted[], now: number): string[] {
  return gaps.flatMap((gap) => {
    const { start, end, reasons } = gap;
    if (reasons.length === 0) return [`the gap from ${start} to ${end} has no reason`];
    if (reasons.includes('before-first-snapshot') || secondAt(start) < 0) return [];
    // The last attempt before the snapshot after it, and all from the snapshot before.
    const within = attempts.filter(({ second }) => second >= secondAt(start) - 300 && second <= secondAt(end) + HOUR);
    const pauses = within.slice(1).map(({ second }, index) => second - (within[index]?.second ?? second));
    const isEveryThrottled = within.length > 3 && within.slice(1, -1).every(({ aws }) => aws === 'throttles');
    const isNeverLong = pauses.length > 0 && Math.max(...pauses) <= LONG_WITHOUT_ATTEMPT;
    // How long one goes on is said by the clock of those who ask, which may be set.
    const isSilent = isNeverLong && !gap.ongoing && now <= secondAt(end) + HOUR + 600;
    return [
      ...(isEveryThrottled && !reasons.includes('throttled') ? [`${say(gap)} was for throttling`] : []),
      ...(isSilent && reasons.includes('no-run')
        ? [`${say(gap)}: there was an attempt every ${Math.max(...pauses)} s`]
        : []),
    ];
  });
}

const say = (gap: AnsweredGap): string => JSON.stringify(gap);

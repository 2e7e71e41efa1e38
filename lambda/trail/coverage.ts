import { addSeconds, type Instant, secondsBetween } from './time.ts';

/**
 * How long AWS lists a connection after its end: "connections that have been terminated within the last 60 minutes"
 * (EC2 API reference, DescribeClientVpnConnections).
 */
export const LISTED_AFTER_END_SECONDS = 3600;

/** A time range in which a connection may have started and ended unseen. */
export interface Gap {
  readonly start: Instant;
  readonly end: Instant;
}

/**
 * The coverage rule. A connection that neither of two consecutive snapshots lists began after the start of the first
 * and ended 60 minutes or more before the end of the second. With epsilon for clock skew and listing lag on both sides, this
 * is impossible if f₂ − s₁ ≤ 60 min − 2ε. Otherwise the remaining time is the gap.
 *
 * @param previousS the start of the last snapshot before that is a proof
 * @param f the end of the snapshot after
 * @param epsilonSeconds allowance for clock skew and for how late AWS lists a connection
 */
export function gapBetween(previousS: Instant, f: Instant, epsilonSeconds: number): Gap | undefined {
  if (secondsBetween(previousS, f) <= LISTED_AFTER_END_SECONDS - 2 * epsilonSeconds) return undefined;
  return { start: addSeconds(previousS, -epsilonSeconds), end: listedSince(f, epsilonSeconds) };
}

/** An answer finished at `f` lists connections that ended after this instant: a connection that is not listed ended before. */
export function listedSince(f: Instant, epsilonSeconds: number): Instant {
  return addSeconds(f, epsilonSeconds - LISTED_AFTER_END_SECONDS);
}

/**
 * Whether an answer started at `s` proves the end of a connection that was first missing in an answer finished at `missingF`:
 * if it had ended later, AWS would have listed it for 60 minutes.
 */
export function provesUnlisted(missingF: Instant, s: Instant, epsilonSeconds: number): boolean {
  return secondsBetween(missingF, s) >= LISTED_AFTER_END_SECONDS + epsilonSeconds;
}

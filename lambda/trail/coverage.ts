import { addSeconds, type Instant, secondsBetween } from './time.ts';

/**
 * How long AWS lists a connection after its end: "connections that have been terminated within the last 60 minutes"
 * (EC2 API reference, DescribeClientVpnConnections).
 */
export const LISTED_AFTER_END_SECONDS = 3600;

/** A stretch in which a connection may have lived and died unseen. */
export interface Gap {
  readonly start: Instant;
  readonly end: Instant;
}

/**
 * The coverage rule. A connection that neither of two consecutive snapshots lists began after the first one's start
 * and was over 60 minutes before the second one's end. With epsilon for clock skew and listing lag on both sides no
 * time is left for it while f₂ − s₁ ≤ 60 min − 2ε; otherwise what is left is the gap.
 *
 * @param previousS the start of the last snapshot before that is a proof
 * @param f the end of the snapshot after
 * @param epsilonSeconds allowance for clock skew and for how late AWS lists a connection
 */
export function gapBetween(previousS: Instant, f: Instant, epsilonSeconds: number): Gap | undefined {
  if (secondsBetween(previousS, f) <= LISTED_AFTER_END_SECONDS - 2 * epsilonSeconds) return undefined;
  return { start: addSeconds(previousS, -epsilonSeconds), end: listedSince(f, epsilonSeconds) };
}

/** From here on a connection that ended is listed in an answer finished at `f`: what is not listed ended before. */
export function listedSince(f: Instant, epsilonSeconds: number): Instant {
  return addSeconds(f, epsilonSeconds - LISTED_AFTER_END_SECONDS);
}

/**
 * Whether an answer started at `s` proves that a connection first missing in an answer finished at `missingF` is not
 * merely out of sight: had it ended while unlisted, it would have been listed for 60 minutes.
 */
export function provesUnlisted(missingF: Instant, s: Instant, epsilonSeconds: number): boolean {
  return secondsBetween(missingF, s) >= LISTED_AFTER_END_SECONDS + epsilonSeconds;
}

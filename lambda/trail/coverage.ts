import { addSeconds, earlier, type Instant, later, secondsBetween } from './time.ts';

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

/** Whose an answer's gap is: an endpoint's; with an account, that of a target of which no endpoint is recorded; else every endpoint's. */
export interface GapPlace {
  readonly endpointId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** Whether a gap is one of every endpoint that is recorded. */
export const isOfEvery = ({ endpointId, accountId }: GapPlace): boolean =>
  endpointId === undefined && accountId === undefined;

/** Whether a gap is one of a recorded endpoint. */
export const isGapOf = (gap: GapPlace, endpointId: string): boolean => gap.endpointId === endpointId || isOfEvery(gap);

/** When a capture began and when it was complete: by AWS's clock and, except in early entries, by the machine's own (ADR 31). */
export interface CaptureTimes {
  /** AWS's time at the first request, and at the last answer. */
  readonly s: Instant;
  readonly f: Instant;
  /** The machine's time at the first request, and that plus the time that passed until the last answer. */
  readonly ownS?: Instant | undefined;
  readonly ownF?: Instant | undefined;
}

/**
 * The coverage rule. A connection that neither of two consecutive snapshots lists began after the start of the first
 * and ended 60 minutes or more before the end of the second. With epsilon for clock skew and listing lag on both sides, this
 * is impossible if f₂ − s₁ ≤ 60 min − 2ε, by both clocks. Otherwise the remaining time is the gap, at its longest by either clock
 * (ADR 31).
 *
 * @param before the last snapshot before that is a proof
 * @param after the snapshot after
 * @param epsilonSeconds allowance for clock skew and for how late AWS lists a connection
 */
export function gapBetween(
  { s, ownS }: Pick<CaptureTimes, 's' | 'ownS'>,
  { f, ownF }: Pick<CaptureTimes, 'f' | 'ownF'>,
  epsilonSeconds: number,
): Gap | undefined {
  const passed = secondsBetween(s, f);
  const ownPassed = ownS === undefined || ownF === undefined ? passed : secondsBetween(ownS, ownF);
  if (Math.max(passed, ownPassed) <= LISTED_AFTER_END_SECONDS - 2 * epsilonSeconds) return undefined;
  return {
    start: addSeconds(earlier(s, addSeconds(f, -ownPassed)), -epsilonSeconds),
    end: listedSince(later(f, addSeconds(s, ownPassed)), epsilonSeconds),
  };
}

/** An answer finished at `f` lists connections that ended after this instant: a connection that is not listed ended before. */
export function listedSince(f: Instant, epsilonSeconds: number): Instant {
  return addSeconds(f, epsilonSeconds - LISTED_AFTER_END_SECONDS);
}

/**
 * Whether a snapshot proves the end of a connection that was first missing in an earlier one: if it had ended later, AWS would
 * have listed it for 60 minutes. They must have passed by both clocks.
 *
 * @param missing the first snapshot without the connection
 */
export function provesUnlisted(
  missing: Pick<CaptureTimes, 'f' | 'ownF'>,
  { s, ownS }: Pick<CaptureTimes, 's' | 'ownS'>,
  epsilonSeconds: number,
): boolean {
  const isLongAgo = (from: Instant, to: Instant) =>
    secondsBetween(from, to) >= LISTED_AFTER_END_SECONDS + epsilonSeconds;
  const isByOwn = missing.ownF === undefined || ownS === undefined || isLongAgo(missing.ownF, ownS);
  return isByOwn && isLongAgo(missing.f, s);
}

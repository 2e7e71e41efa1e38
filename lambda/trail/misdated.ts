import { addressesOf } from './address.ts';
import type { Connection } from './connection.ts';
import { earlier, type Instant, later, secondsBetween } from './time.ts';

type Times = Pick<
  Connection,
  'establishedAt' | 'establishedAfter' | 'endedAt' | 'end' | 'firstEndedAt' | 'firstSeenAt' | 'lastSeenAt'
>;

/** Tolerance for AWS's clocks and for the duration of one capture (Lambda quotas: 15 minutes). */
const CLOCK_SECONDS = 900;

/**
 * Whether AWS's times of a connection contradict each other: an end before the start, an end in the future when AWS reported it
 * as ended, or a start in the future when AWS listed it (ADR 25). It counts as an anomaly.
 */
export function isMisdated({ establishedAt, endedAt, firstSeenAt, lastSeenAt }: Times): boolean {
  const endsFirst = endedAt !== undefined && endedAt < establishedAt;
  return endsFirst || isAhead(endedAt, lastSeenAt) || isAhead(establishedAt, firstSeenAt);
}

/**
 * Whether no index finds the connection at every time at which, or by every address with which, it may have been connected: its
 * times contradict each other, AWS does not say when it was established, it has two addresses of one kind (ADR 25, ADR 29), or it
 * had its address together with another one, or had another name or address before (ADR 30).
 */
export function isOdd(connection: Connection): boolean {
  const { sharesAddress, former, establishedAfter } = connection;
  const isUncertain = sharesAddress === true || former !== undefined || establishedAfter !== undefined;
  return isUncertain || addressesOf(connection).areTwoOfOne || isMisdated(connection);
}

/** The earliest instant at which the connection can have been connected. */
export function earliestStart({ establishedAt, establishedAfter, endedAt, firstSeenAt }: Times): Instant {
  const start = establishedAfter ?? (isAhead(establishedAt, firstSeenAt) ? firstSeenAt : establishedAt);
  return earlier(endedAt ?? start, start);
}

/** The latest instant at which the connection can have been connected; undefined while it is open. */
export function latestEnd({
  establishedAt,
  endedAt,
  end,
  firstEndedAt,
}: Omit<Times, 'firstSeenAt'>): Instant | undefined {
  const latest = end?.kind === 'inferred' ? end.between[1] : endedAt;
  return latest && [establishedAt, latest, firstEndedAt ?? latest].reduce(later);
}

/** Whether a time lies in the future of an answer that names it. */
export function isAhead(time: Instant | undefined, seenAt: Instant | undefined): boolean {
  // Instants sort as text, and nearly always that tells already.
  return time !== undefined && seenAt !== undefined && time > seenAt && secondsBetween(seenAt, time) > CLOCK_SECONDS;
}

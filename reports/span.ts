import type { ConnectionAnswer } from '../lambda/query/schemas/connection.ts';
import type { Connection } from '../lambda/trail/connection.ts';
import { earliestStart, isMisdated, latestEnd } from '../lambda/trail/misdated.ts';
import { addSeconds, type Instant, later, toInstant, toMilliseconds } from '../lambda/trail/time.ts';

/** A stretch of time in seconds since 1970, UTC, both ends inclusive. */
export type Range = readonly [from: number, to: number];

/** All of time. */
export const EVER: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** When a connection was connected, as far as that is known. */
export interface Span {
  /**
   * From when to when it lasted, as `durationSeconds` has it: to its end, of an inferred end to its earliest, of an open connection to
   * when it was last seen.
   */
  readonly lasted: Range;
  /** From the earliest instant at which it can have been connected to the latest; to `Infinity` while nothing ends it. */
  readonly possible: Range;
  /** Its times contradict each other (ADR 25): it was connected at some time in `possible`, and nobody knows when. */
  readonly isSomewhen: boolean;
  /** When it was surely connected. */
  readonly surely: readonly Range[];
}

/** Until when the trail knows an endpoint's connections. */
export interface Known {
  /** `pendingSince` of the endpoint: ε before its newest snapshot began. */
  readonly through: Instant | undefined;
  /** From then to the end of that snapshot, in seconds: how much sooner than it was last seen a connection may have ended. */
  readonly margin: number;
}

const INSTANT_LENGTH = '2026-11-22T14:03:00Z'.length;
/** The first second of each day that was met: reports read the times of few days many times. */
const days = new Map<string, number>();

/** The second since 1970, UTC. */
export function secondOf(instant: Instant): number {
  if (instant.length !== INSTANT_LENGTH) return toMilliseconds(instant) / 1000;
  const day = instant.slice(0, 10);
  let midnight = days.get(day);
  if (midnight === undefined) {
    midnight = toMilliseconds(`${day}T00:00:00Z`) / 1000;
    days.set(day, midnight);
  }
  return midnight + 3600 * twoDigits(instant, 11) + 60 * twoDigits(instant, 14) + twoDigits(instant, 17);
}

const ZERO = 0x30;
const twoDigits = (text: string, at: number): number =>
  10 * (text.charCodeAt(at) - ZERO) + text.charCodeAt(at + 1) - ZERO;

/** The instant of a second since 1970. */
export const instantOf = (second: number): Instant => toInstant(second * 1000);

/** The span of a connection, by the rules of the API's answers (ADR 14, ADR 25, ADR 29). */
export function spanOf(answer: ConnectionAnswer, known: Known): Span {
  // The API's answer is the stored connection, less what is only stored.
  const connection = (answer.firstSeenAt === undefined
    ? { ...answer, firstSeenAt: answer.establishedAt }
    : answer) as unknown as Connection;
  const { establishedAt, endedAt, end, lastSeenAt } = connection;
  const start = secondOf(establishedAt);
  const until = endedAt ?? (end?.kind === 'inferred' ? end.between[0] : (lastSeenAt ?? known.through));
  const latest = latestEnd(connection);
  const isContradictory = isMisdated(connection);
  return {
    lasted: [start, Math.max(start, until === undefined ? start : secondOf(until))],
    possible: [secondOf(earliestStart(connection)), latest === undefined ? Number.POSITIVE_INFINITY : secondOf(latest)],
    isSomewhen: isContradictory && latest !== undefined,
    surely: isContradictory ? [] : surelyConnected(connection, secondOf(surelyUntil(connection, known))),
  };
}

function surelyConnected({ establishedAt, firstEndedAt, connectedAgainAt }: Connection, until: number): Range[] {
  const start = secondOf(establishedAt);
  const ranges: Range[] =
    firstEndedAt === undefined || connectedAgainAt === undefined
      ? [[start, until]]
      : [
          [start, Math.min(secondOf(firstEndedAt), until)],
          [secondOf(connectedAgainAt), until],
        ];
  return ranges.filter(([from, to]) => from <= to);
}

function surelyUntil(connection: Connection, { through, margin }: Known): Instant {
  const { establishedAt, establishedAtIsFirstSight, endedAt, end, unlistedSince, lastSeenAt = '' } = connection;
  if (end?.kind === 'inferred') return end.between[0];
  if (endedAt !== undefined) return endedAt;
  const unlisted = unlistedSince !== undefined && lastSeenAt !== '';
  const listed = unlisted ? addSeconds(lastSeenAt, -margin) : (through ?? '0001-01-01T00:00:00Z');
  return establishedAtIsFirstSight ? listed : later(establishedAt, listed);
}

/** The part of a range within another; undefined if there is none. */
export function within(one: Range, other: Range): Range | undefined {
  // By index, here and where each connection comes along: destructuring takes several times as long.
  return touch(one, other) ? [Math.max(one[0], other[0]), Math.min(one[1], other[1])] : undefined;
}

/** Whether two ranges have a second in common. */
export function touch(one: Range, other: Range): boolean {
  return one[0] <= one[1] && other[0] <= other[1] && one[0] <= other[1] && other[0] <= one[1];
}

/** Whether a connection was in a range: `possible` if that depends on a time known only within bounds. */
export function verdictIn({ possible, surely, isSomewhen }: Span, range: Range): 'certain' | 'possible' | 'no' {
  if (!touch(possible, range)) return 'no';
  const isInside = isSomewhen && possible[0] >= range[0] && possible[1] <= range[1];
  return isInside || surely.some((one) => touch(one, range)) ? 'certain' : 'possible';
}

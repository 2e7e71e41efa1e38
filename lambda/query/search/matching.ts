import { canonicalAddress } from '../../trail/address.ts';
import type { Connection } from '../../trail/connection.ts';
import { earliestStart, isMisdated, latestEnd } from '../../trail/misdated.ts';
import { nameKey } from '../../trail/name-key.ts';
import { earlier, type Instant, later } from '../../trail/time.ts';
import type { MATCHES } from '../matches.ts';

/** The filters of a query; an empty list does not filter. Values of one filter join with OR, filters with AND. */
export interface Filters {
  readonly user: readonly string[];
  readonly username: readonly string[];
  readonly commonName: readonly string[];
  readonly ip: readonly string[];
  readonly endpoint: readonly string[];
  readonly status: readonly string[];
  readonly connectionId: readonly string[];
}

/** The time window of a query, both ends inclusive; an absent end is open. */
export interface MatchWindow {
  readonly since: Instant | undefined;
  readonly until: Instant | undefined;
  readonly match: (typeof MATCHES)[number];
}

/** Whether a connection is in a window: `possible` if that depends on a time known only within bounds (ADR 14). */
export type Verdict = 'certain' | 'possible' | 'no';

/** A range of time, both ends inclusive. */
type Range = readonly [from: Instant, to: Instant];

/** The known bounds of a connection's time. */
interface KnownBounds {
  /** The earliest and the latest start. */
  readonly start: Range;
  /** Surely connected until then. */
  readonly surelyUntil: Instant;
  /** Surely ended by then; absent if it may still be open. */
  readonly overBy?: Instant;
  /** The earliest and the latest end, as AWS last said or as is inferred. */
  readonly ended?: Range;
}

/** Facts from outside the connection. */
export interface Knowledge {
  /** Until when those are surely connected that its endpoint's newest projected snapshot lists. */
  readonly knownThrough: Instant | undefined;
  /** When its address was given to another connection. */
  readonly addressTakenAt?: Instant | undefined;
}

const EVER_SINCE: Instant = '';
const FOR_EVER: Instant = '~';

/**
 * Whether the connection was connected, was established, or ended in the window. One whose times contradict each other may have
 * been connected from the earliest to the latest of them; it was established and ended when AWS says (ADR 25).
 */
export function matchWindow(connection: Connection, window: MatchWindow, knowledge: Knowledge): Verdict {
  const { since = EVER_SINCE, until = FOR_EVER, match } = window;
  const isOdd = isMisdated(connection);
  const span = boundsOf(
    connection,
    isBoundByNext(connection) ? knowledge : { ...knowledge, addressTakenAt: undefined },
  );
  if (match === 'started') {
    const [earliest, latest] = span.start;
    return verdict(latest >= since && earliest <= until, !isFirstSight(connection));
  }
  if (match === 'ended') {
    if (!span.ended) return 'no';
    const [earliest, latest] = span.ended;
    return verdict(latest >= since && earliest <= until, earliest >= since && latest <= until);
  }
  if (isOdd) {
    const [from, to] = [earliestStart(connection), latestEnd(connection) ?? FOR_EVER];
    return verdict(from <= until && to >= since, from >= since && to <= until);
  }
  const overlaps = span.start[0] <= until && (span.overBy ?? FOR_EVER) >= since;
  return verdict(
    overlaps,
    surelyConnected(connection, span).some(([from, to]) => from <= until && to >= since && from <= to),
  );
}

/** When it was surely connected: not between an end that AWS contradicted and its next word (ADR 29). */
function surelyConnected({ firstEndedAt, connectedAgainAt }: Connection, { start, surelyUntil }: KnownBounds): Range[] {
  if (firstEndedAt === undefined || connectedAgainAt === undefined) return [[start[1], surelyUntil]];
  return [
    [start[1], earlier(firstEndedAt, surelyUntil)],
    [connectedAgainAt, surelyUntil],
  ];
}

/**
 * Whether the next holder of its address bounds its end: only if its absence proved that it has ended (one answer without it does
 * not), and AWS never listed both (ADR 30). Where its times contradict each other, nothing does.
 */
function isBoundByNext(connection: Connection): boolean {
  const { end, status, sharesAddress, former } = connection;
  const isLost = end?.kind === 'inferred' && status !== 'terminated';
  return isLost && !sharesAddress && !former && !isMisdated(connection);
}

function verdict(matches: boolean, isCertain: boolean): Verdict {
  if (!matches) return 'no';
  return isCertain ? 'certain' : 'possible';
}

const isFirstSight = ({ establishedAtIsFirstSight }: Connection): boolean => establishedAtIsFirstSight === true;

function boundsOf(connection: Connection, knowledge: Knowledge): KnownBounds {
  const { establishedAt, establishedAfter = establishedAt, end, endedAt, firstEndedAt = '' } = connection;
  const start: Range = [earlier(establishedAfter, establishedAt), establishedAt];
  if (end?.kind === 'reported' && endedAt !== undefined) {
    return { start, surelyUntil: endedAt, overBy: later(endedAt, firstEndedAt), ended: [endedAt, endedAt] };
  }
  if (end?.kind === 'inferred') {
    // An address has one holder, so the next holder's start bounds an end that AWS did not report.
    const taken = knowledge.addressTakenAt;
    const [earliest, latest] = end.between;
    const overBy = later(latest, firstEndedAt);
    const bound = (time: Instant) => earlier(time, taken ?? time);
    const ended: Range = [bound(earliest), bound(latest)];
    return { start, surelyUntil: ended[0], overBy: bound(overBy), ended };
  }
  const listed = lastListed(connection, knowledge);
  // The latest start, where AWS tells none, is not a moment at which it was surely connected: it may have ended before.
  return { start, surelyUntil: isFirstSight(connection) ? listed : later(establishedAt, listed) };
}

/** Until when an open connection was surely connected: a listed one may have ended shortly before. */
function lastListed({ unlistedSince, surelyUntil }: Connection, { knownThrough }: Knowledge): Instant {
  return (unlistedSince === undefined ? knownThrough : surelyUntil) ?? EVER_SINCE;
}

/**
 * Makes a test of whether a connection passes all filters but the window. A user is the same in any case and Unicode form. A
 * username and a common name are compared as AWS writes them, in its case; letters that are composed and the same letters
 * decomposed are one text (Unicode Standard, conformance requirement C6).
 */
export function passesFilters(filters: Filters): (connection: Connection) => boolean {
  const composed = (text: string) => text.normalize();
  const tests = [
    among(filters.user, ({ username, commonName }) => [username, commonName], nameKey),
    among(filters.username, ({ username }) => [username], composed),
    among(filters.commonName, ({ commonName }) => [commonName], composed),
    among(filters.ip, ({ clientIp, clientIpv6 }) => [clientIp, clientIpv6], canonicalAddress),
    among(filters.endpoint, ({ endpointId }) => [endpointId]),
    among(filters.connectionId, ({ connectionId }) => [connectionId]),
    among(filters.status, (connection) => [effectiveStatus(connection)]),
  ];
  return (connection) => tests.every((passes) => passes(connection));
}

/** A connection that has vanished for good is not active, although that was its last status. */
function effectiveStatus({ status, end }: Connection): string | undefined {
  return end?.kind === 'inferred' ? 'terminated' : status;
}

/** Whether one of the connection's texts is one of the values; true if there are no values. */
function among(
  values: readonly string[],
  textsOf: (connection: Connection) => readonly (string | undefined)[],
  keyOf: (text: string) => string = (text) => text,
): (connection: Connection) => boolean {
  const keys = new Set(values.map(keyOf));
  if (keys.size === 0) return () => true;
  return (connection) => textsOf(connection).some((text) => text !== undefined && keys.has(keyOf(text)));
}

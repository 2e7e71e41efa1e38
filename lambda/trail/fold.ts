import { safeTimes } from './clocks.ts';
import { type Connection, LONG_SECONDS } from './connection.ts';
import { type ConnectionEnd, LASTING, LATEST, LIVE } from './connection-members.ts';
import { LISTED_AFTER_END_SECONDS } from './coverage.ts';
import { formerAfter } from './identities.ts';
import { earliestStart, isAhead, latestEnd } from './misdated.ts';
import { present } from './present.ts';
import { hasEnded, type ReadRow } from './row.ts';
import type { Manifest } from './snapshot.ts';
import { addSeconds, earlier, type Instant, later, secondsBetween } from './time.ts';

const CONTRADICTED = ['contradictions', 'firstEndedAt', 'connectedAgainAt'] as const;
const KEPT = [...LASTING, ...CONTRADICTED, 'sharesAddress'] as const;
const SAID = [...LASTING, ...LATEST];

/** A row that a snapshot holds for a connection, with the snapshot's entry in the log. */
export interface Sighting {
  readonly row: ReadRow;
  readonly manifest: Manifest;
}

/**
 * Folds a sighting into a connection, in log order, never by AWS's Timestamp. AWS's newest word counts: a row that lists a
 * terminated connection as not ended opens it again, and the first end is kept as a contradiction (ADR 29). Values that the newer
 * row lacks keep the older value.
 *
 * @param connection what is known from earlier entries, if anything is
 * @param previous the connection's row in the snapshot before, where it was in it: bounds an end without a time
 */
export function foldSighting(
  connection: Connection | undefined,
  connectionId: string,
  { row, manifest }: Sighting,
  previous: Sighting | undefined,
): Connection {
  const first = connection ?? firstSight(connectionId, manifest);
  const stated = connection?.establishedAtIsFirstSight ? undefined : connection?.establishedAt;
  const establishedAt = row.establishedAt ?? stated;
  const known = connection?.end?.kind === 'reported' ? connection.endedAt : undefined;
  const reported = hasEnded(row) ? (row.endedAt ?? known) : undefined;
  const again = hasEnded(row) ? {} : contradictionBy(manifest, connection);
  // An end that bounded the start, and was none, bounds nothing any more.
  const latestStart = known === first.establishedAt ? again.connectedAgainAt : undefined;
  const unstated = latestStart ?? earlier(first.establishedAt, reported ?? first.establishedAt);
  const identity: Connection = {
    connectionId: first.connectionId,
    endpointId: first.endpointId,
    accountId: first.accountId,
    region: first.region,
    // If AWS gives no start, the end may be before the first sight.
    establishedAt: establishedAt ?? unstated,
    ...(establishedAt ? {} : { establishedAtIsFirstSight: true }),
    ...(establishedAt && !isAhead(establishedAt, first.firstSeenAt)
      ? {}
      : earliestOf(first, establishedAt ?? unstated)),
    ...present(first, KEPT),
    ...present(row, SAID),
    ...present({ former: connection && formerAfter(connection, row, manifest, previous) }),
    firstSeenAt: first.firstSeenAt,
    firstSlot: first.firstSlot,
    lastEntry: manifest.entry,
  };
  if (!hasEnded(row)) {
    const open = { ...identity, ...again };
    // If AWS gives no start, the duration is unknown: it counts as long.
    return !establishedAt || isLong(establishedAt, manifest.f) ? { ...open, long: true } : open;
  }
  const end =
    reported === undefined
      ? { end: boundedEnd(manifest, identity, connection, previous) }
      : { endedAt: reported, end: { kind: 'reported' as const } };
  return withEnd(agreed({ ...identity, ...lastState(row, manifest), ...end }));
}

/** Marks a connection that had its address together with another one, once. */
export function foldShared(connection: Connection, { entry }: Manifest): Connection {
  return connection.sharesAddress ? connection : { ...connection, sharesAddress: true, lastEntry: entry };
}

/** Marks an open connection that the snapshot `manifest` no longer lists; its last state is that of its last row. */
export function foldUnlisted(connection: Connection, last: Sighting, manifest: Manifest): Connection {
  return {
    ...connection,
    ...lastState(last.row, last.manifest),
    unlistedSince: manifest.f,
    surelyUntil: aliveUntil(connection, last.manifest),
    lastEntry: manifest.entry,
    // Its age is unknown from now on: it counts as long until its end is known.
    long: true,
  };
}

/** Infers the end of an unlisted connection: between the last row's snapshot and the latest possible end. */
export function foldInferredEnd(
  connection: Connection,
  last: Sighting,
  latest: Instant,
  manifest: Manifest,
): Connection {
  const earliest = later(earliestStart(connection), aliveUntil(connection, last.manifest));
  const { long: _, surelyUntil: __, ...rest } = connection;
  return withEnd({
    ...rest,
    ...lastState(last.row, last.manifest),
    lastEntry: manifest.entry,
    end: { kind: 'inferred', between: [earliest, later(earliest, latest)] },
  });
}

/** Whether a connection has lasted 24 hours at the instant. */
export function isLong(establishedAt: Instant, at: Instant): boolean {
  return secondsBetween(establishedAt, at) >= LONG_SECONDS;
}

function firstSight(connectionId: string, manifest: Manifest): Connection {
  return {
    connectionId,
    endpointId: manifest.endpointId,
    accountId: manifest.accountId,
    region: manifest.region,
    establishedAt: safeTimes(manifest).f,
    establishedAfter: startsAfter(manifest),
    firstSeenAt: manifest.s,
    firstSlot: manifest.slot,
    lastEntry: manifest.entry,
  };
}

/**
 * The earliest start of a connection that this entry is the first to list: the last proof before did not list it. If there is no
 * such proof, it is where the log's claims begin, and the connection may have begun even earlier.
 */
function startsAfter(manifest: Manifest): Instant {
  const since = manifest.previousS ?? addSeconds(safeTimes(manifest).s, -LISTED_AFTER_END_SECONDS);
  return addSeconds(since, -manifest.epsilonSeconds);
}

/**
 * The earliest start, if AWS does not tell it. If the latest is before the answer that did not list it, that answer was wrong: then
 * only the longest session is a bound (24 hours; Client VPN Administrator Guide, "VPN session duration timeout").
 */
function earliestOf({ establishedAfter }: Connection, latest: Instant): Pick<Connection, 'establishedAfter'> {
  if (establishedAfter === undefined) return {};
  return { establishedAfter: latest < establishedAfter ? addSeconds(latest, -LONG_SECONDS) : establishedAfter };
}

/** Until when a connection was surely connected that a snapshot lists as not ended; not if AWS said once that it had ended before. */
function aliveUntil({ firstEndedAt, connectedAgainAt }: Connection, manifest: Manifest): Instant {
  const { s, f } = safeTimes(manifest);
  return firstEndedAt !== undefined && connectedAgainAt === f ? firstEndedAt : addSeconds(s, -manifest.epsilonSeconds);
}

/** AWS lists a connection as not ended after it said that it had ended: both are kept. */
function contradictionBy(manifest: Manifest, connection: Connection | undefined): Partial<Connection> {
  if (!connection?.end || (connection.end.kind === 'inferred' && connection.status !== 'terminated')) return {};
  const ended = connection.end.kind === 'inferred' ? connection.end.between[0] : (connection.endedAt ?? '');
  return {
    contradictions: (connection.contradictions ?? 0) + 1,
    firstEndedAt: earlier(connection.firstEndedAt ?? ended, ended),
    connectedAgainAt: safeTimes(manifest).f,
  };
}

/** An end that AWS gives again after a contradiction stands. */
function agreed(connection: Connection): Connection {
  if (connection.firstEndedAt === undefined || connection.endedAt !== connection.firstEndedAt) return connection;
  const { firstEndedAt: _, connectedAgainAt: __, ...rest } = connection;
  return rest;
}

/**
 * AWS reports an end without a time: after the connection was last seen live, and within the 60 minutes before this answer for which
 * AWS lists it, but not after this answer. What an earlier answer has shown is not forgotten.
 */
function boundedEnd(
  manifest: Manifest,
  identity: Connection,
  connection: Connection | undefined,
  previous: Sighting | undefined,
): ConnectionEnd {
  const { s, f } = safeTimes(manifest);
  const known = connection?.end?.kind === 'inferred' ? connection.end.between : undefined;
  const alive = previous && !hasEnded(previous.row) ? aliveUntil(identity, previous.manifest) : undefined;
  const earliest = [
    earliestStart(identity),
    addSeconds(s, -LISTED_AFTER_END_SECONDS - manifest.epsilonSeconds),
    alive ?? '',
    connection?.surelyUntil ?? '',
    known?.[0] ?? '',
  ].reduce(later);
  // An end that only its absence showed was not one: AWS lists it.
  const latest = known && connection?.status === 'terminated' ? earlier(known[1], f) : f;
  if (earliest > latest && known) return { kind: 'inferred', between: known };
  return { kind: 'inferred', between: [earliest, later(earliest, latest)] };
}

function withEnd(ended: Connection): Connection {
  const at = latestEnd(ended);
  return at && isLong(ended.establishedAt, at) ? { ...ended, long: true } : ended;
}

/** The members of its last row that a connection stores when it is no longer live. */
function lastState(row: ReadRow, manifest: Manifest): Partial<Connection> {
  const { timestamp, ...rest } = present(row, LIVE);
  return {
    ...rest,
    ...(timestamp === undefined || timestamp === row.endedAt ? {} : { timestamp }),
    lastSeenAt: manifest.f,
    lastSlot: manifest.slot,
  };
}

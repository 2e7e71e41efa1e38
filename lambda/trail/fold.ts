import { type Connection, LONG_SECONDS } from './connection.ts';
import { type ConnectionEnd, LASTING, LATEST, LIVE } from './connection-members.ts';
import { earliestStart, latestEnd } from './misdated.ts';
import { present } from './present.ts';
import { hasEnded, type ReadRow } from './row.ts';
import type { Manifest } from './snapshot.ts';
import { addSeconds, earlier, type Instant, later, secondsBetween } from './time.ts';

const KEPT = [...LASTING, 'contradictions'] as const;
const SAID = [...LASTING, ...LATEST];

/** A row that a snapshot holds for a connection, with the snapshot's entry in the log. */
export interface Sighting {
  readonly row: ReadRow;
  readonly manifest: Manifest;
}

/**
 * Folds a sighting into a connection, in log order, never by AWS's Timestamp. `terminated` is final: a later row with
 * another status only counts as a contradiction. Values that the newer row lacks keep the older value.
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
  if (connection?.status === 'terminated' && !hasEnded(row)) {
    return { ...connection, contradictions: (connection.contradictions ?? 0) + 1, lastEntry: manifest.entry };
  }
  const first = connection ?? firstSight(connectionId, manifest);
  const stated = connection?.establishedAtIsFirstSight ? undefined : connection?.establishedAt;
  const establishedAt = row.establishedAt ?? stated;
  const known = connection?.end?.kind === 'reported' ? connection.endedAt : undefined;
  const reported = hasEnded(row) ? (row.endedAt ?? known) : undefined;
  const identity: Connection = {
    connectionId: first.connectionId,
    endpointId: first.endpointId,
    accountId: first.accountId,
    region: first.region,
    // If AWS gives no start, the end may be before the first sight.
    establishedAt: establishedAt ?? earlier(first.firstSeenAt, reported ?? first.firstSeenAt),
    ...(establishedAt ? {} : { establishedAtIsFirstSight: true }),
    ...present(first, KEPT),
    ...present(row, SAID),
    firstSeenAt: first.firstSeenAt,
    firstSlot: first.firstSlot,
    lastEntry: manifest.entry,
  };
  // If AWS gives no start, the duration is unknown: it counts as long.
  if (!hasEnded(row))
    return !establishedAt || isLong(establishedAt, manifest.f) ? { ...identity, long: true } : identity;
  const end =
    reported === undefined
      ? boundedEnd(manifest, identity, previous)
      : { endedAt: reported, end: { kind: 'reported' as const } };
  return withEnd({ ...identity, ...lastState(row, manifest) }, end);
}

/** Marks an open connection that the snapshot `manifest` no longer lists; its last state is that of its last row. */
export function foldUnlisted(connection: Connection, last: Sighting, manifest: Manifest): Connection {
  return {
    ...connection,
    ...lastState(last.row, last.manifest),
    unlistedSince: manifest.f,
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
  const earliest = later(earliestStart(connection), addSeconds(last.manifest.s, -last.manifest.epsilonSeconds));
  const { long: _, ...rest } = connection;
  return withEnd(
    { ...rest, ...lastState(last.row, last.manifest), lastEntry: manifest.entry },
    { end: { kind: 'inferred', between: [earliest, later(earliest, latest)] } },
  );
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
    establishedAt: manifest.s,
    firstSeenAt: manifest.s,
    firstSlot: manifest.slot,
    lastEntry: manifest.entry,
  };
}

/** AWS reports an end without a time: after the connection was last seen live, before this answer. */
function boundedEnd(
  manifest: Manifest,
  connection: Connection,
  previous: Sighting | undefined,
): { end: ConnectionEnd } {
  const seenAlive = previous && !hasEnded(previous.row) ? previous.manifest : undefined;
  const start = earliestStart(connection);
  const earliest = seenAlive ? later(start, addSeconds(seenAlive.s, -seenAlive.epsilonSeconds)) : start;
  return { end: { kind: 'inferred', between: [earliest, later(earliest, manifest.f)] } };
}

function withEnd(connection: Connection, end: { endedAt?: Instant; end: ConnectionEnd }): Connection {
  const ended = { ...connection, ...end };
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

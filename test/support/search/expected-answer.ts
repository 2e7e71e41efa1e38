import type { Connection } from '../../../lambda/trail/connection.ts';
import { addressOf, type Bounds, isBesideAnother, oddBounds, seconds } from './held-address.ts';
import type { History } from './random-history.ts';
import { isSame } from './spellings.ts';

/** A question of `GET /connections`, as its parameters say it. */
export interface AskedSearch {
  readonly user?: readonly string[];
  readonly username?: readonly string[];
  readonly commonName?: readonly string[];
  readonly ip?: readonly string[];
  readonly endpoint?: readonly string[];
  readonly status?: readonly string[];
  readonly connectionId?: readonly string[];
  readonly at?: string;
  readonly since?: string;
  readonly until?: string;
  readonly match?: 'overlap' | 'started' | 'ended';
}

/** All that is recorded, and through when it is projected, by endpoint: seconds since 1970. */
export interface Everything {
  readonly connections: readonly Connection[];
  readonly projectedThrough: Readonly<Record<string, number>>;
}

/** A row of the answer: the connection, and whether it is said to be possible only. */
export interface Row {
  readonly connectionId: string;
  readonly possible: boolean;
}

/** Everything that a history says is stored. */
export function everythingIn({ connections, recorded }: History): Everything {
  return {
    connections,
    projectedThrough: Object.fromEntries(recorded.map((one) => [one.endpointId, seconds(one.projected)])),
  };
}

const EPSILON = 120;

/**
 * The answer by the rules alone: every connection is looked at, with numbers for times, and shares no code with the
 * planner.
 */
export function expectedRows(everything: Everything, asked: AskedSearch): Row[] {
  const since = asked.at ?? asked.since;
  const until = asked.at ?? asked.until;
  const from = since === undefined ? Number.NEGATIVE_INFINITY : seconds(since);
  const to = until === undefined ? Number.POSITIVE_INFINITY : seconds(until);
  return everything.connections
    .flatMap((connection) => {
      const verdict = judgeNamed(connection, everything, asked, from, to);
      return verdict === 'no' ? [] : [{ connection, possible: verdict === 'possible' }];
    })
    .sort((one, other) => newestFirst(one.connection, other.connection))
    .map(({ connection: { connectionId }, possible }) => ({ connectionId, possible }));
}

function newestFirst(one: Connection, other: Connection): number {
  const difference = seconds(other.establishedAt) - seconds(one.establishedAt);
  return difference === 0 ? (one.connectionId < other.connectionId ? 1 : -1) : difference;
}

/**
 * By moments: what it was called at one moment is sure, or one of two. A history's connection was called otherwise once, or never.
 */
function judgeNamed(
  connection: Connection,
  everything: Everything,
  asked: AskedSearch,
  from: number,
  to: number,
): 'certain' | 'possible' | 'no' {
  const [earlier] = connection.former ?? [];
  if (!earlier) return passes(connection, asked) ? judge(connection, everything, asked, from, to) : 'no';
  const { between, ...told } = earlier;
  const [a = 0, b = 0] = between.map(seconds);
  const isFirst = passes({ ...connection, ...told }, asked);
  const isLast = passes(connection, asked);
  const isSure = (moment: number) => (isFirst && isLast) || (isFirst && moment <= a) || (isLast && moment >= b);
  const mayBe = (moment: number) => (isFirst && moment <= b) || (isLast && moment >= a);
  const { establishedAt, establishedAfter = establishedAt, firstEndedAt = establishedAt } = connection;
  const bounds = boundsOf(connection, everything, asked.ip !== undefined && asked.connectionId === undefined);
  const edges = [a, b, from, to, seconds(establishedAt), seconds(establishedAfter), seconds(firstEndedAt), ...bounds];
  const again = connection.connectedAgainAt === undefined ? [] : [seconds(connection.connectedAgainAt)];
  const moments = [...edges, ...again]
    .flatMap((edge) => [edge - 1, edge, edge + 1])
    .filter((moment) => Number.isFinite(moment) && moment >= from && moment <= to);
  const verdicts = moments.map((moment) => [moment, judge(connection, everything, asked, moment, moment)] as const);
  if (!verdicts.some(([moment, verdict]) => verdict !== 'no' && mayBe(moment))) return 'no';
  // An end that lies between two moments is sure in a window that holds both.
  const isCertain =
    asked.match === 'ended'
      ? judge(connection, everything, asked, from, to) === 'certain' &&
        verdicts.every(([moment, verdict]) => verdict === 'no' || isSure(moment))
      : verdicts.some(([moment, verdict]) => verdict === 'certain' && isSure(moment));
  return isCertain ? 'certain' : 'possible';
}

function judge(
  connection: Connection,
  everything: Everything,
  { ip, connectionId, match = 'overlap' }: AskedSearch,
  from: number,
  to: number,
): 'certain' | 'possible' | 'no' {
  const established = seconds(connection.establishedAt);
  const notBefore = connection.establishedAfter === undefined ? established : seconds(connection.establishedAfter);
  if (match === 'started') {
    if (established < from || notBefore > to) return 'no';
    return connection.establishedAtIsFirstSight ? 'possible' : 'certain';
  }
  // Who names the connections does not ask who else had the address.
  const isOfAddress = ip !== undefined && connectionId === undefined;
  const [earliest, latest] = boundsOf(connection, everything, isOfAddress);
  if (match === 'ended') {
    if (!connection.end || latest < from || earliest > to) return 'no';
    return earliest >= from && latest <= to ? 'certain' : 'possible';
  }
  const odd = oddBounds(connection);
  if (odd) {
    if (odd[0] > to || odd[1] < from) return 'no';
    return odd[0] >= from && odd[1] <= to ? 'certain' : 'possible';
  }
  const [doubtFrom, doubtTo] = [connection.firstEndedAt, connection.connectedAgainAt].map((time) =>
    seconds(time ?? ''),
  );
  if (notBefore > to || !(latest >= from || Number(doubtFrom) >= from)) return 'no';
  const last = Math.min(earliest, to);
  const first = Math.max(established, from);
  // Somewhere in the window, and not all of it in doubt.
  const isDoubtful = first > Number(doubtFrom) && last < Number(doubtTo);
  return first <= last && !isDoubtful ? 'certain' : 'possible';
}

function boundsOf(connection: Connection, everything: Everything, isOfAddress: boolean): Bounds {
  const { end, endedAt } = connection;
  if (end?.kind === 'reported' && endedAt !== undefined) return [seconds(endedAt), seconds(endedAt)];
  const [earliest, latest] =
    end?.kind === 'inferred' ? (end.between.map(seconds) as [number, number]) : openBounds(connection, everything);
  // Who may still be there, whose end AWS has said, and who was listed beside another holder, keeps its own times.
  const isLost = end && connection.status !== 'terminated';
  if (
    !isOfAddress ||
    !isLost ||
    oddBounds(connection) ||
    connection.former ||
    isBesideAnother(connection, everything.connections)
  ) {
    return [earliest, latest];
  }
  const taken = addressTakenAt(connection, everything);
  return [Math.min(earliest, taken), Math.min(latest, taken)];
}

function openBounds(connection: Connection, { projectedThrough }: Everything): Bounds {
  const { unlistedSince, lastSeenAt = '', endpointId, establishedAt, establishedAtIsFirstSight } = connection;
  const seen = unlistedSince === undefined ? (projectedThrough[endpointId] ?? 0) : seconds(lastSeenAt);
  // AWS's start is a moment at which it was connected; the end of the first snapshot with it is none.
  const atLeast = establishedAtIsFirstSight ? 0 : seconds(establishedAt);
  return [Math.max(atLeast, seen - EPSILON), Number.POSITIVE_INFINITY];
}

/** When a connection that was established later had the same address at the same endpoint. */
function addressTakenAt(connection: Connection, { connections }: Everything): number {
  const { endpointId, establishedAt } = connection;
  const successors = connections
    .filter((other) => other.endpointId === endpointId && isSame(addressOf(other), addressOf(connection)))
    // One that came from another address has it since nobody knows when.
    .filter((other) => !other.former?.some((one) => addressOf(one) !== addressOf(other)))
    .map((other) => seconds(other.establishedAt))
    .filter((established) => established > seconds(establishedAt));
  return Math.min(...successors, Number.POSITIVE_INFINITY);
}

function passes(connection: Connection, asked: AskedSearch): boolean {
  const { username, commonName, endpointId, connectionId, end, status } = connection;
  return (
    (asked.user?.some((user) => isSame(user, username) || isSame(user, commonName)) ?? true) &&
    among(composed(asked.username), username?.normalize('NFC')) &&
    among(composed(asked.commonName), commonName?.normalize('NFC')) &&
    (asked.ip?.some((ip) => isSame(ip, addressOf(connection))) ?? true) &&
    among(asked.endpoint, endpointId) &&
    among(asked.connectionId, connectionId) &&
    among(asked.status, end?.kind === 'inferred' ? 'terminated' : status)
  );
}

const composed = (values: readonly string[] | undefined) => values?.map((value) => value.normalize('NFC'));

function among(values: readonly string[] | undefined, value: string | undefined): boolean {
  return values === undefined || (value !== undefined && values.includes(value));
}

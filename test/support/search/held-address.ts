import type { Connection } from '../../../lambda/trail/connection.ts';
import { isSame } from './spellings.ts';

/** The earliest and the latest moment at which it can have ended. */
export type Bounds = readonly [earliest: number, latest: number];

/** Since 1970. */
export const seconds = (text: string): number => Date.parse(text) / 1000;

/** So much later than AWS's answer none of its times can be. */
const AHEAD = 900;

/** All times that AWS names, where they cannot all be true. */
export function oddBounds({
  establishedAt,
  endedAt,
  end,
  firstEndedAt,
  firstSeenAt,
  lastSeenAt,
}: Connection): Bounds | undefined {
  const [start, seen] = [seconds(establishedAt), seconds(firstSeenAt)];
  const ended = endedAt === undefined ? start : seconds(endedAt);
  const isSeenFirst = start > seen + AHEAD;
  const isLate = endedAt !== undefined && lastSeenAt !== undefined && ended > seconds(lastSeenAt) + AHEAD;
  if (ended >= start && !isSeenFirst && !isLate) return undefined;
  const latest = end?.kind === 'inferred' ? seconds(end.between[1]) : ended;
  const first = firstEndedAt === undefined ? start : seconds(firstEndedAt);
  const last = end ? Math.max(start, latest, first) : Number.POSITIVE_INFINITY;
  return [Math.min(start, ended, isSeenFirst ? seen : start), last];
}

/** Whether AWS lists two connections as holders of the address at once: neither was over when the other began. */
export function isBesideAnother(connection: Connection, connections: readonly Connection[]): boolean {
  const [begin, over] = listedBounds(connection);
  return connections.some((other) => {
    const isSameAddress = other.endpointId === connection.endpointId && isSame(addressOf(other), addressOf(connection));
    const [otherBegin, otherOver] = listedBounds(other);
    return (
      isSameAddress && addressOf(other) !== undefined && other !== connection && begin < otherOver && otherBegin < over
    );
  });
}

/** From its begin, through when AWS listed it as not ended. */
function listedBounds(connection: Connection): Bounds {
  const { establishedAt, endedAt, firstEndedAt, end, unlistedSince, lastSeenAt } = connection;
  const odd = oddBounds(connection);
  if (odd) return odd;
  const said = [
    endedAt,
    firstEndedAt,
    end?.kind === 'inferred' ? end.between[0] : undefined,
    unlistedSince && lastSeenAt,
  ];
  const over = said.flatMap((time) => (time === undefined ? [] : seconds(time)));
  return [seconds(establishedAt), end || unlistedSince ? Math.max(...over) : Number.POSITIVE_INFINITY];
}

/** No connection of a history has two. */
export const addressOf = ({ clientIp, clientIpv6 }: Pick<Connection, 'clientIp' | 'clientIpv6'>): string | undefined =>
  clientIp ?? clientIpv6;

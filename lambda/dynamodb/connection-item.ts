import { addressesOf } from '../trail/address.ts';
import { parseObject } from '../trail/bounded-json.ts';
import { type Connection, LONG_SECONDS } from '../trail/connection.ts';
import { COUNTERS, type FormerIdentity } from '../trail/connection-members.ts';
import { formerInOrder } from '../trail/identities.ts';
import { judge } from '../trail/judged.ts';
import { isOdd, latestEnd } from '../trail/misdated.ts';
import { nameKey } from '../trail/name-key.ts';
import { DAY_SECONDS, secondsBetween } from '../trail/time.ts';
import { CONNECTION_JUDGES } from './item-judges.ts';
import { CONNECTIONS } from './tables.ts';

/** A stored item. */
export type Item = Record<string, unknown>;

/** Sorts after every instant: the end of an open connection in the indexes of long connections. */
export const OPEN_END = '~';

/**
 * The class of a connection in the index `bySpan`, which finds connections that were connected at an instant and established on
 * an earlier day. `day`: shorter than 24 hours, over a midnight (UTC); `days` and `weeks`: shorter than
 * {@link SPAN_SECONDS}; `long`: longer, or open for 24 hours or more, or start unknown, or first
 * seen a day late (ADR 11).
 */
export type Span = 'day' | 'days' | 'weeks' | 'long';

/** The maximum duration of each class, in seconds, exclusive; `long` has none. */
export const SPAN_SECONDS = { day: DAY_SECONDS, days: 8 * DAY_SECONDS, weeks: 32 * DAY_SECONDS } as const;

/**
 * The version of the index keys, recorded in the watermark. Increase it when the keys of a connection change: queries do not
 * find items with old keys, so the connections must be rebuilt.
 */
export const KEY_FORM = 3;

/** The index key of a tunnel address in its canonical form; only one endpoint's clients share it (ADR 6). */
export const addressKey = (endpointId: string, address: string): string => `${endpointId}#${address}`;

/** The stored item of a connection, with its index keys. */
export function toConnectionItem(connection: Connection, expiresAt: number | undefined): Item {
  const { connectionId, endpointId, establishedAt, commonName, username, end } = connection;
  const { long, establishedAtIsFirstSight, other, ...stored } = connection;
  const { ipv4, ipv6 } = addressesOf(connection);
  const usernameKey = username && nameKey(username);
  const commonNameKey = commonName && nameKey(commonName);
  return {
    ...stored,
    ...(end ? { end: end.kind, endBetween: end.kind === 'inferred' ? end.between : undefined } : {}),
    // As text, because DynamoDB limits the nesting of an item and the content is unknown.
    other: other && JSON.stringify(other),
    ...(establishedAtIsFirstSight ? { establishedAtIsFirstSight } : {}),
    endpointDay: `${endpointId}#${establishedAt.slice(0, 10)}`,
    start: `${establishedAt}#${connectionId}`,
    commonNameKey,
    usernameKey: usernameKey === commonNameKey ? undefined : usernameKey,
    clientIpKey: ipv4 && addressKey(endpointId, ipv4),
    clientIpv6Key: ipv6 && addressKey(endpointId, ipv6),
    ...(isOdd(connection) ? { spanKey: ODD, spanEnd: endKey(connection) } : spanKeys(connection)),
    ...(long
      ? {
          longCommonNameKey: commonNameKey,
          longUsernameKey: usernameKey === commonNameKey ? undefined : usernameKey,
          longEnd: endKey(connection),
        }
      : {}),
    expiresAt,
  };
}

/** The partition of the index `bySpan` for connections that the other indexes do not find at every possible time or address. */
export const ODD = '#odd';

/** The partition of the index `bySpan`. */
export const spanKey = (endpointId: string, span: Span): string => `${endpointId}#${span}`;

/** All sort by their latest end; open ones sort last. */
function spanKeys(connection: Connection): Item {
  const span = spanOf(connection);
  if (span === undefined) return {};
  return { spanKey: spanKey(connection.endpointId, span), spanEnd: endKey(connection) };
}

const endKey = (connection: Connection): string => `${latestEnd(connection) ?? OPEN_END}#${connection.connectionId}`;

function spanOf(connection: Connection): Span | undefined {
  const { establishedAt, firstSeenAt, long } = connection;
  const end = latestEnd(connection);
  if (end === undefined) return long ? 'long' : undefined;
  const seconds = secondsBetween(establishedAt, end);
  if (long && seconds < SPAN_SECONDS.weeks) return seconds < SPAN_SECONDS.days ? 'days' : 'weeks';
  // A walk over the recorded days would not find a connection that AWS listed long after its end, against its documentation.
  if (long || secondsBetween(establishedAt, firstSeenAt) >= LONG_SECONDS) return 'long';
  return establishedAt.slice(0, 10) < end.slice(0, 10) ? 'day' : undefined;
}

/** The keys of the indexes. */
export const INDEX_KEYS: ReadonlySet<string> = new Set(
  CONNECTIONS.indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
);

/**
 * The connection of a stored item.
 *
 * @throws Unreadable for what is none
 */
export function fromConnectionItem(item: Item): Connection {
  const what = `The item of the connection ${String(item.connectionId)}`;
  judge(what, item, CONNECTION_JUDGES);
  const { end, endBetween, other, former, ...members } = Object.fromEntries(
    Object.entries(item).filter(([name]) => !INDEX_KEYS.has(name) && name !== CONNECTIONS.timeToLive),
  );
  const counters = COUNTERS.filter((name) => members[name] !== undefined).map((name) => [
    name,
    BigInt(members[name] as number | bigint),
  ]);
  return {
    ...members,
    ...Object.fromEntries(counters),
    ...(typeof other === 'string' ? { other: parseObject(other, `${what}, in its attribute other,`) } : {}),
    ...(former ? { former: (former as FormerIdentity[]).map(formerInOrder) } : {}),
    ...(end ? { end: endBetween ? { kind: end, between: endBetween } : { kind: end } } : {}),
    ...(item.longEnd ? { long: true } : {}),
  } as Connection;
}

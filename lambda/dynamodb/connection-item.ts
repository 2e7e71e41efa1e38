import { createHash } from 'node:crypto';
import type { Connection } from '../trail/connection.ts';
import { latestEnd } from '../trail/fold.ts';
import { CONNECTIONS } from './tables.ts';

/** A stored item. */
export type Item = Record<string, unknown>;

/** Sorts behind every instant: the end of a connection that is still open, in the index `long`. */
export const OPEN_END = '~';

const COUNTERS = ['ingressBytes', 'egressBytes', 'ingressPackets', 'egressPackets'] as const;
/** DynamoDB's bound on a partition key is 2048 bytes; this many characters of UTF-8 stay below it. */
const LONGEST_KEY_CHARACTERS = 512;

/** The index key of a person's name: lower case, since people ask in any case; a very long name by its hash. */
export function personKey(name: string): string {
  const key = name.toLowerCase();
  return key.length <= LONGEST_KEY_CHARACTERS ? key : `sha256#${createHash('sha256').update(key).digest('hex')}`;
}

/** The index key of a tunnel address, which only one endpoint's clients share. */
export function addressKey(endpointId: string, address: string): string {
  return `${endpointId}#${personKey(address)}`;
}

/** The connection as it is stored, with the keys of the indexes it is in. */
export function toConnectionItem(connection: Connection, expiresAt: number | undefined): Item {
  const { connectionId, endpointId, establishedAt, commonName, username, clientIp, clientIpv6, end } = connection;
  const { long, establishedAtIsFirstSight, other, ...stored } = connection;
  const usernameKey = username && personKey(username);
  const commonNameKey = commonName && personKey(commonName);
  return {
    ...stored,
    ...(end ? { end: end.kind, endBetween: end.kind === 'inferred' ? end.between : undefined } : {}),
    // As text: DynamoDB bounds how deep an item may be nested, and nobody knows what is in it.
    other: other && JSON.stringify(other),
    ...(establishedAtIsFirstSight ? { establishedAtIsFirstSight } : {}),
    endpointDay: `${endpointId}#${establishedAt.slice(0, 10)}`,
    start: `${establishedAt}#${connectionId}`,
    commonNameKey,
    usernameKey: usernameKey === commonNameKey ? undefined : usernameKey,
    clientIpKey: clientIp && addressKey(endpointId, clientIp),
    clientIpv6Key: clientIpv6 && addressKey(endpointId, clientIpv6),
    ...(long ? { longKey: endpointId, longEnd: `${latestEnd(connection) ?? OPEN_END}#${connectionId}` } : {}),
    expiresAt,
  };
}

/** What an item holds beside the connection: the keys of the indexes, and when it expires. */
const KEYS = new Set([
  ...CONNECTIONS.indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
  CONNECTIONS.timeToLive,
]);

/** The connection of a stored item. */
export function fromConnectionItem(item: Item): Connection {
  const { end, endBetween, other, ...members } = Object.fromEntries(
    Object.entries(item).filter(([name]) => !KEYS.has(name)),
  );
  const counters = COUNTERS.filter((name) => members[name] !== undefined).map((name) => [
    name,
    BigInt(members[name] as number | bigint),
  ]);
  return {
    ...members,
    ...Object.fromEntries(counters),
    ...(typeof other === 'string' ? { other: JSON.parse(other) } : {}),
    ...(end ? { end: endBetween ? { kind: end, between: endBetween } : { kind: end } } : {}),
    ...(item.longKey ? { long: true } : {}),
  } as Connection;
}

import fc from 'fast-check';
import type { Connection } from '../../../lambda/trail/connection.ts';
import { present } from '../../../lambda/trail/present.ts';
import { addSeconds, type Instant, secondsBetween } from '../../../lambda/trail/time.ts';
import { ALPHA, BETA } from '../recording/recorded-trail.ts';
import { addressOf, isBesideAnother, oddBounds } from './held-address.ts';
import { ADDRESSES, PEOPLE, spelled } from './spellings.ts';

/** The first day of the histories, which last a fortnight. */
const FIRST_DAY = Date.parse('2026-10-25T00:00:00Z');
const DAYS = 14;
const DAY = 86_400;
const EPSILON = 120;
export const HISTORY_ENDPOINTS = [ALPHA, BETA] as const;

/** Times of day that lie on edges, and some that do not. */
const secondsOfDay = fc.constantFrom(0, 0, 1, DAY - 1, DAY / 2, DAY / 2, 3600, 36_061);
/** A moment of the fortnight; few enough that many are the same. */
export const moments: fc.Arbitrary<Instant> = fc
  .tuple(fc.oneof(fc.nat(DAYS - 1), fc.constantFrom(2, 3, 11)), secondsOfDay)
  .map(([day, second]) => new Date(FIRST_DAY + (day * DAY + second) * 1000).toISOString().replace('.000', ''));

const durations = fc.oneof(
  fc.constantFrom(0, 0, 0, 1, 120, 120, 3600, DAY / 2, 2 * DAY, 12 * DAY),
  fc.constantFrom(DAY - 1, DAY, DAY + 1, 8 * DAY - 1, 8 * DAY, 8 * DAY + 1),
);

const seeds = fc.record({
  endpoint: fc.nat(1),
  established: moments,
  lasts: durations,
  kind: fc.constantFrom('reported', 'reported', 'reported', 'open', 'open', 'unlisted', 'inferred'),
  bounds: fc.constantFrom(0, 1, 600, DAY / 2, DAY, 3 * DAY),
  address: fc.nat(2),
  person: fc.nat(2),
  spelling: fc.nat(11),
  names: fc.constantFrom('both', 'other', 'common name', 'none'),
  isFirstSight: fc.constantFrom(true, false, false, false),
  order: fc.nat(999),
  again: fc.constantFrom(0, 0, 0, 0, 1, 300, DAY),
  odd: fc.constantFrom('', '', '', '', '', '', 'early end', 'late end', 'late start', 'late start'),
});
type Seed = typeof seeds extends fc.Arbitrary<infer T> ? T : never;

/** An endpoint's times: when the recorder began, and how long it has been down or behind at the end. */
const recordings = fc.record({
  first: fc.nat(4),
  last: secondsOfDay,
  down: fc.constantFrom(0, 0, 1, 3, 6),
  behind: fc.constantFrom(0, 0, 0, 300, DAY),
  isOdd: fc.boolean(),
});

/** What the store holds at a moment. */
export interface History {
  readonly connections: readonly Connection[];
  readonly recorded: readonly { endpointId: string; first: Instant; projected: Instant; newest: Instant }[];
}

/** Histories as the projection holds them, each endpoint as of its own watermark. */
export const histories: fc.Arbitrary<History> = fc
  .tuple(fc.array(seeds, { minLength: 4, maxLength: 40, size: 'max' }), fc.tuple(recordings, recordings))
  .map(([all, times]) => {
    const recorded = times.map(({ first, last, down, behind }, index) => {
      const projected = at((DAYS - 1 - down) * DAY + last);
      return {
        endpointId: HISTORY_ENDPOINTS[index] ?? ALPHA,
        first: at(first * DAY + 5),
        projected,
        newest: addSeconds(projected, behind),
      };
    });
    const connections = all.flatMap((seed, index) => {
      const endpoint = recorded[seed.endpoint];
      const connection = endpoint && connectionOf(seed, index, endpoint.first, endpoint.projected);
      if (!connection) return [];
      const told = withContradiction(connection, seed);
      return [times[seed.endpoint]?.isOdd ? withOddTimes(told, seed) : told];
    });
    const projected = Object.fromEntries(recorded.map((one) => [one.endpointId, one.projected]));
    return { connections: withFormer(withShared(withAddresses(connections, all, projected)), all), recorded };
  });

const at = (seconds: number): Instant => new Date(FIRST_DAY + seconds * 1000).toISOString().replace('.000', '');

/** What the projection holds of a connection, or undefined where the recorder cannot have seen it. */
function connectionOf(seed: Seed, index: number, first: Instant, projected: Instant): Connection | undefined {
  const { established, lasts, kind } = seed;
  if (established > projected) return undefined;
  const base = {
    connectionId: `cvpn-connection-${String(seed.order).padStart(3, '0')}${String(index).padStart(3, '0')}`,
    endpointId: HISTORY_ENDPOINTS[seed.endpoint] ?? ALPHA,
    accountId: '123456789012',
    region: 'eu-central-1',
    establishedAt: established,
    firstSeenAt: established > first ? established : first,
    firstSlot: first,
    lastEntry: 0,
    ...namesOf(seed),
  };
  if (kind === 'open') return openConnection(base, seed, first, projected);
  if (kind === 'unlisted') return unlistedConnection(base, seed, projected);
  const earliest = addSeconds(established, lasts);
  const latest = kind === 'inferred' ? addSeconds(earliest, seed.bounds) : earliest;
  // AWS had forgotten it before the first snapshot, or the newest one that is projected has not seen its end.
  if (latest < addSeconds(first, -3600) || latest > projected) return undefined;
  const long = secondsBetween(established, latest) >= DAY ? { long: true as const } : {};
  const lastSeen = { lastSeenAt: latest, lastSlot: latest };
  return kind === 'inferred'
    ? { ...base, ...long, ...lastSeen, status: 'active', end: { kind, between: [earliest, latest] } }
    : { ...base, ...long, ...lastSeen, status: 'terminated', endedAt: latest, end: { kind: 'reported' } };
}

/** AWS said first that it ended so long after it was established, and listed it again some minutes later. */
function withContradiction(connection: Connection, { again }: Seed): Connection {
  const { establishedAt, lastSeenAt = '9999', end } = connection;
  const [firstEndedAt, connectedAgainAt] = [addSeconds(establishedAt, again), addSeconds(establishedAt, again + 400)];
  if (again === 0 || (!end && connectedAgainAt > lastSeenAt)) return connection;
  const long = end && secondsBetween(establishedAt, firstEndedAt) >= DAY ? { long: true as const } : {};
  return { ...connection, ...long, firstEndedAt, connectedAgainAt, contradictions: 1 };
}

/** As AWS may say it against reason: an end before the start or after it was seen ended, a start after it was first seen. */
function withOddTimes(connection: Connection, { odd, bounds }: Seed): Connection {
  const { establishedAt, endedAt } = connection;
  if (odd === 'early end' && endedAt) return { ...connection, endedAt: addSeconds(establishedAt, -1 - bounds) };
  if (odd === 'late end' && endedAt) return { ...connection, endedAt: addSeconds(endedAt, 901 + bounds) };
  return odd === 'late start' && !connection.establishedAtIsFirstSight
    ? { ...connection, establishedAt: addSeconds(connection.firstSeenAt, 901 + bounds) }
    : connection;
}

type Base = Omit<Connection, 'status' | 'end' | 'endedAt' | 'long'>;

function openConnection(
  base: Base,
  { isFirstSight, lasts, bounds }: Seed,
  first: Instant,
  projected: Instant,
): Connection {
  const isSeenFirst = isFirstSight && base.establishedAt >= first;
  const isLong = isSeenFirst || secondsBetween(base.establishedAt, projected) >= DAY;
  return {
    ...base,
    status: lasts === 120 ? 'failed-to-terminate' : 'active',
    ...(isSeenFirst
      ? { establishedAtIsFirstSight: true, establishedAfter: addSeconds(base.establishedAt, -bounds) }
      : {}),
    ...(isLong ? { long: true } : {}),
  };
}

function unlistedConnection(base: Base, { lasts }: Seed, projected: Instant): Connection | undefined {
  const lastSeenAt = addSeconds(base.establishedAt, lasts);
  const unlistedSince = addSeconds(lastSeenAt, 300);
  if (unlistedSince > projected) return undefined;
  const surelyUntil = addSeconds(lastSeenAt, -EPSILON);
  return { ...base, status: 'active', lastSeenAt, lastSlot: lastSeenAt, surelyUntil, unlistedSince, long: true };
}

function namesOf({ person, names, spelling }: Seed): Pick<Connection, 'commonName' | 'username'> {
  const name = spelled(PEOPLE, person, spelling);
  if (names === 'both') return { commonName: name, username: spelled(PEOPLE, person, spelling + 1) };
  if (names === 'other') return { commonName: name, username: spelled(PEOPLE, person + 1, spelling) };
  return names === 'common name' ? { commonName: name } : {};
}

/** Gives out addresses as an endpoint does: to one client at a time, and again afterwards. */
function withAddresses(
  connections: readonly Connection[],
  all: readonly Seed[],
  projected: Readonly<Record<string, Instant>>,
): Connection[] {
  const freeFrom = new Map<string, Instant>();
  const oldestFirst = [...connections].sort((one, other) => (one.establishedAt < other.establishedAt ? -1 : 1));
  return oldestFirst.map((connection, index) => {
    const { endpointId, establishedAt } = connection;
    const { address: wanted = 0, spelling = 0, order = 1 } = all[index] ?? {};
    const addresses = ADDRESSES.map((_, number) => (wanted + number) % ADDRESSES.length);
    // Now and then to two.
    const isFree = (number: number) => order % 3 === 0 || (freeFrom.get(endpointId + number) ?? '') <= establishedAt;
    const address = addresses.find(isFree);
    if (address === undefined) return connection;
    freeFrom.set(endpointId + address, surelyConnectedUntil(connection, projected[endpointId] ?? ''));
    // Either kind under either name.
    return { ...connection, [spelling % 2 ? 'clientIp' : 'clientIpv6']: spelled(ADDRESSES, address, spelling) };
  });
}

/** Some were called otherwise, and were elsewhere, until AWS named them as it does now. */
const withFormer = (connections: readonly Connection[], all: readonly Seed[]): Connection[] =>
  connections.map((one, index) => {
    const { person = 0, address = 0, spelling = 0, bounds = 0, order = 0 } = all[index] ?? {};
    if (order % 5 > 1 || oddBounds(one)) return one;
    const until = addSeconds(one.establishedAt, spelling * 700);
    const between = [until, addSeconds(until, bounds)] as const;
    const commonName = spelled(PEOPLE, person + 1, spelling);
    const member = one.clientIp ? 'clientIp' : 'clientIpv6';
    const moved = order % 2 === 0 && addressOf(one) ? { [member]: spelled(ADDRESSES, address + 1, spelling) } : {};
    return one.commonName
      ? { ...one, former: [{ ...present(one, NAMES), ...placeOf(one), commonName, ...moved, between }] }
      : one;
  });

const NAMES = ['username'] as const;

/** Where it is, as its address is now. */
const placeOf = ({ clientIp, clientIpv6 }: Connection) => present({ clientIp, clientIpv6 });

/** As the projection marks those that AWS lists together. */
const withShared = (connections: readonly Connection[]): Connection[] =>
  connections.map((one) => (isBesideAnother(one, connections) ? { ...one, sharesAddress: true } : one));

function surelyConnectedUntil(
  { endedAt, end, unlistedSince, establishedAt, lastSeenAt = '' }: Connection,
  projected: Instant,
): Instant {
  if (end?.kind === 'inferred') return end.between[0];
  if (endedAt !== undefined) return endedAt;
  const listed = addSeconds(unlistedSince === undefined ? projected : lastSeenAt, -EPSILON);
  return listed > establishedAt ? listed : establishedAt;
}

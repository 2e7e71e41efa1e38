import { DAY_SECONDS } from '../../../lambda/trail/time.ts';
import { longId } from '../derived-id.ts';
import type { Period, SimulatedConnection } from './connection.ts';
import type { CompanyEndpoint, EndpointKey } from './endpoints.ts';
import { type Company, plansOf } from './plans.ts';
import { randomness } from './randomness.ts';
import { trafficOf } from './traffic.ts';

/** A period made a connection: with its id and its traffic, which follow from who and when. */
export function simulatedConnection(
  seed: number,
  endpoint: CompanyEndpoint,
  period: Period,
  host: number,
): SimulatedConnection {
  const connectionId = longId('cvpn-connection', seed, period.person.index, period.start);
  return { ...period, endpoint, connectionId, host, traffic: trafficOf(connectionId, period.person.traffic) };
}

function connectionsOfDay(
  company: Company,
  key: EndpointKey,
  day: number,
  unsorted: readonly Period[],
): readonly SimulatedConnection[] {
  const periods = unsorted.toSorted((a, b) => a.start - b.start || a.person.index - b.person.index);
  const hosts = hostsOf(company.seed, key, day, periods);
  const endpoint = company.endpoints[key];
  return periods.map((period, index) => simulatedConnection(company.seed, endpoint, period, hosts[index] ?? 0));
}

/** The connections of one endpoint that began on one UTC day. */
export type ConnectionsByDay = (endpoint: EndpointKey, day: number) => readonly SimulatedConnection[];

/**
 * The company's history, one UTC day (days since 1970) at a time; each day is independent of the others. None of these
 * connections lasts longer than 24 hours.
 */
export function daysOf(company: Company): ConnectionsByDay {
  const plans = recently(16, (localDay) => plansOf(company, localDay));
  const days = recently(16, (day) => {
    // Time zones and what lasts into the next day: no other local day's plan has connections that begin today.
    const near = [day - 1, day, day + 1].flatMap(plans);
    const begun = near.filter(({ start }) => Math.floor(start / DAY_SECONDS) === day);
    const byEndpoint = Map.groupBy(begun, ({ person }) => person.endpoint);
    return new Map([...byEndpoint].map(([key, periods]) => [key, connectionsOfDay(company, key, day, periods)]));
  });
  return (endpoint, day) => days(day).get(endpoint) ?? [];
}

/** Places below this one are reserved for connections longer than a day. */
const FIRST_SHARED_HOST = 32;

/** Places that one day's connections of one endpoint share; more than there are people. */
const BANK = 256;

/** Seconds before an address is reused. */
const REST = 30;

/**
 * The places of the connections that began on one UTC day at one endpoint. Each new connection takes the first free
 * place, so addresses are reused by others, on the same day and on later ones.
 *
 * Days are numbered apart without knowing each other: even and odd days have separate places, and since none of these
 * connections lasts longer than a day, all of a day's have ended when the next day but one begins.
 * @param periods - in order of their start.
 */
function hostsOf(seed: number, endpoint: string, day: number, periods: readonly Period[]): readonly number[] {
  const shift = randomness('hosts', seed, endpoint, day).whole(0, 40);
  const freeFrom: number[] = [];
  return periods.map(({ start, end }) => {
    const free = freeFrom.findIndex((from) => from <= start);
    const place = free === -1 ? freeFrom.length : free;
    freeFrom[place] = end + REST;
    return FIRST_SHARED_HOST + 2 * ((place + shift) % BANK) + (day % 2);
  });
}

/** A pure function of a number that remembers its last `capacity` results. */
function recently<T>(capacity: number, compute: (key: number) => T): (key: number) => T {
  const results = new Map<number, T>();
  return (key) => {
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = compute(key);
    results.set(key, result);
    const oldest = results.keys().next();
    if (results.size > capacity && !oldest.done) results.delete(oldest.value);
    return result;
  };
}

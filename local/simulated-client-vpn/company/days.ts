import { longId } from '../derived-id.ts';
import type { Connection, Period } from './connection.ts';
import type { CompanyEndpoint, EndpointKey } from './endpoints.ts';
import { hostsOf } from './hosts.ts';
import { type Company, plansOf } from './plans.ts';
import { recently } from './recently.ts';
import { trafficOf } from './traffic.ts';

const DAY = 86_400;

/** A period made a connection: with its id and its traffic, which follow from who and when. */
export function connectionOf(seed: number, endpoint: CompanyEndpoint, period: Period, host: number): Connection {
  const connectionId = longId('cvpn-connection', seed, period.person.index, period.start);
  return { ...period, endpoint, connectionId, host, traffic: trafficOf(connectionId, period.person.traffic) };
}

function connectionsOf(
  company: Company,
  key: EndpointKey,
  day: number,
  unsorted: readonly Period[],
): readonly Connection[] {
  const periods = unsorted.toSorted((a, b) => a.start - b.start || a.person.index - b.person.index);
  const hosts = hostsOf(company.seed, key, day, periods);
  const endpoint = company.endpoints[key];
  return periods.map((period, index) => connectionOf(company.seed, endpoint, period, hosts[index] ?? 0));
}

/** The connections of one endpoint that began on one UTC day. */
export type Days = (endpoint: EndpointKey, day: number) => readonly Connection[];

/**
 * The company's history, a UTC day (days since 1970) at a time; no day needs another one to be known first. None of
 * these connections lasts longer than 24 hours.
 */
export function daysOf(company: Company): Days {
  const plans = recently(16, (localDay) => plansOf(company, localDay));
  const days = recently(16, (day) => {
    // Time zones and what lasts into the next day: no other local day's plan has connections that begin today.
    const near = [day - 1, day, day + 1].flatMap(plans);
    const begun = near.filter(({ start }) => Math.floor(start / DAY) === day);
    const byEndpoint = Map.groupBy(begun, ({ person }) => person.endpoint);
    return new Map([...byEndpoint].map(([key, periods]) => [key, connectionsOf(company, key, day, periods)]));
  });
  return (endpoint, day) => days(day).get(endpoint) ?? [];
}

import { LISTED_AFTER_END_SECONDS } from '../../lambda/trail/coverage.ts';
import { DAY_SECONDS } from '../../lambda/trail/time.ts';
import type { SimulatedConnection } from './company/connection.ts';
import { simulatedRow } from './company/connection-row.ts';
import { type ConnectionsByDay, daysOf } from './company/days.ts';
import { companyEndpoints, type EndpointKey } from './company/endpoints.ts';
import { peopleOf } from './company/people.ts';
import type { Company } from './company/plans.ts';
import { serviceConnections } from './company/service-accounts.ts';
import { describeEndpoint } from './endpoint-description.ts';
import { FIRST_PLACE, SECOND_PLACE } from './place.ts';
import type { World } from './world.ts';

/** What an endpoint could list: who began today or on the two days before, and the service accounts. */
function candidates(
  company: Company,
  days: ConnectionsByDay,
  key: EndpointKey,
  at: number,
): readonly SimulatedConnection[] {
  const today = Math.floor(at / DAY_SECONDS);
  const begun = [today - 2, today - 1, today].flatMap((day) => days(key, day));
  return key === 'engineering' ? [...begun, ...serviceConnections(company, at)] : begun;
}

interface CompanyOptions {
  /** A whole number; another one is another company, with other ids. */
  readonly seed: number;
  /** Whether `partners` is in a second account and Region; nothing else differs. */
  readonly accounts?: boolean | undefined;
}

/**
 * A believable company: some 110 people and machines with their habits on three endpoints, with reconnects, failed
 * attempts, session timeouts, addresses that are used again, and connections that last for days.
 *
 * It is a pure function of seed and time: all answers for any instant from 2020 to 2040, in any order, belong to
 * the same history. Times are UTC.
 */
export function simulatedCompany({ seed, accounts }: CompanyOptions): World {
  const endpointsOf = companyEndpoints(seed, accounts ? SECOND_PLACE : FIRST_PLACE);
  const company = { seed, people: peopleOf(seed), endpoints: endpointsOf };
  const endpoints = Object.values(company.endpoints);
  const descriptions = endpoints.map(describeEndpoint);
  const days = daysOf(company);
  return {
    endpoints: () => descriptions,
    connections: (endpointId, time) => {
      const at = time.getTime() / 1000;
      const key = endpoints.find(({ id }) => id === endpointId)?.key;
      if (key === undefined) return [];
      return candidates(company, days, key, at)
        .filter(({ start, end }) => start <= at && at < end + LISTED_AFTER_END_SECONDS)
        .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1))
        .map((connection) => simulatedRow(connection, at));
    },
  };
}

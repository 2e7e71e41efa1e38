import type { Period } from './connection.ts';
import type { CompanyEndpoint, EndpointKey } from './endpoints.ts';
import { habits } from './habits.ts';
import type { Person } from './people.ts';
import { randomness } from './randomness.ts';
import { stretchesOf } from './stretches.ts';

const DAY = 86_400;

/** What decides everybody's plans. */
export interface Company {
  readonly seed: number;
  readonly people: readonly Person[];
  readonly endpoints: Readonly<Record<EndpointKey, CompanyEndpoint>>;
}

function planOf(person: Person, { seed, endpoints }: Company, localDay: number): Period[] {
  const random = randomness('plan', seed, person.index, localDay);
  const weekday = (localDay + 4) % 7; // 1970-01-01 was a Thursday
  const presences = person.habit({ number: localDay, weekday, person: person.index, random });
  const timeout = endpoints[person.endpoint].sessionTimeoutHours * 3600;
  const circumstances = { timeout, sleepy: person.sleepy, steady: person.habit === habits.machine };
  const midnight = localDay * DAY - person.utcOffset;
  return presences
    .flatMap((presence) => stretchesOf(presence, circumstances, random))
    .map(({ from, until }) => ({ person, start: midnight + from, end: midnight + until }));
}

/**
 * When everybody is connected because of one local day of theirs. With the time zones and the habits of the company,
 * these connections begin on the UTC day of the same number, the one before or the one after it.
 */
export function plansOf(company: Company, localDay: number): readonly Period[] {
  return company.people.flatMap((person) => planOf(person, company, localDay));
}

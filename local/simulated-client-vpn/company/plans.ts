import { DAY_SECONDS } from '../../../lambda/trail/time.ts';
import type { Period } from './connection.ts';
import type { CompanyEndpoint, EndpointKey } from './endpoints.ts';
import type { Presence } from './habits.ts';
import { habits } from './habits.ts';
import type { Person } from './people.ts';
import type { Randomness } from './randomness.ts';
import { randomness } from './randomness.ts';

/** The parameters for splitting a presence into connections. */
interface Circumstances {
  /** Seconds after which the endpoint ends a session. */
  readonly timeout: number;
  readonly sleepy: boolean;
  /** Machines neither mistype nor roam. */
  readonly steady: boolean;
}

const MINUTE = 60;

/** How long until something other than the owner or the timeout interrupts the connection. */
function undisturbed({ sleepy, steady }: Circumstances, random: Randomness): number {
  if (sleepy) return random.whole(12 * MINUTE, 75 * MINUTE);
  if (steady || random.chance(0.5)) return Number.POSITIVE_INFINITY;
  return random.whole(60 * MINUTE, 300 * MINUTE);
}

/** How long until the next attempt after such an interruption: another network, lunch, a lid that was closed. */
function away({ sleepy }: Circumstances, random: Randomness): number {
  if (sleepy) return random.whole(2 * MINUTE, 25 * MINUTE);
  return random.chance(0.4) ? random.whole(5, 90) : random.whole(15 * MINUTE, 50 * MINUTE);
}

/** Now and then the first attempt fails after a few seconds: a mistyped code, a hotel's network. */
function failedAttempt(from: number, circumstances: Circumstances, random: Randomness): Presence[] {
  if (circumstances.steady || !random.chance(0.07)) return [];
  return [{ from, until: from + random.whole(3, 55) }];
}

/**
 * The consecutive connections of a presence. None is longer than the timeout, after which the client reconnects within
 * seconds.
 */
function sessionsOf(presence: Presence, circumstances: Circumstances, random: Randomness): readonly Presence[] {
  const stretches = failedAttempt(presence.from, circumstances, random);
  const failed = stretches[0];
  let from = failed === undefined ? presence.from : failed.until + random.whole(6, 45);
  while (presence.until - from >= MINUTE) {
    const lasts = undisturbed(circumstances, random);
    const until = Math.min(presence.until, from + circumstances.timeout, from + lasts);
    stretches.push({ from, until });
    from = until + (lasts < circumstances.timeout ? away(circumstances, random) : random.whole(1, 4));
  }
  return stretches;
}

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
  const midnight = localDay * DAY_SECONDS - person.utcOffset;
  return presences
    .flatMap((presence) => sessionsOf(presence, circumstances, random))
    .map(({ from, until }) => ({ person, start: midnight + from, end: midnight + until }));
}

/**
 * When everybody is connected because of one local day of theirs. With the time zones and the habits of the company,
 * these connections begin on the UTC day of the same number, the one before or the one after it.
 */
export function plansOf(company: Company, localDay: number): readonly Period[] {
  return company.people.flatMap((person) => planOf(person, company, localDay));
}

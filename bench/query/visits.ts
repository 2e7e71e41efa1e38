import type { Period } from '../../local/simulated-client-vpn/company/connection.ts';
import type { Person } from '../../local/simulated-client-vpn/company/people.ts';
import { type Randomness, randomness } from '../../local/simulated-client-vpn/company/randomness.ts';
import { SEED } from './company.ts';

const MINUTE = 60;
const HOUR = 3600;
/** Seconds. */
export const DAY = 86_400;
/** One connection in so many lasts longer than 24 hours. */
const LONG_ONE_IN = 100;
/** One person in so many works at night, across midnight UTC. */
const NIGHTS_ONE_IN = 16;

/**
 * When somebody connects on a UTC day: one to three times on a working day, from 20 minutes to 10 hours; seldom at the
 * weekend.
 *
 * @param day days since 1970
 */
export function visitsOf(person: Person, day: number): Period[] {
  const random = randomness('visits', SEED, person.index, day);
  // 1 January 1970 was a Thursday.
  const isWeekend = (day + 3) % 7 >= 5;
  if (!random.chance(isWeekend ? 0.08 : 0.85)) return [];
  return begin(person, random, isWeekend).map(([from, seconds]) => {
    const start = day * DAY + Math.floor(from);
    return { person, start, end: start + Math.floor(random.chance(1 / LONG_ONE_IN) ? long(random) : seconds) };
  });
}

/** Beginnings, in seconds of the day, and how long each lasts. */
function begin({ index }: Person, random: Randomness, isWeekend: boolean): [from: number, seconds: number][] {
  if (index % NIGHTS_ONE_IN === NIGHTS_ONE_IN - 1)
    return [[random.real(20, 22.5) * HOUR, random.real(6.5, 9.5) * HOUR]];
  const morning = random.real(6, 10) * HOUR;
  if (isWeekend) return [[morning, random.real(20 * MINUTE, 3 * HOUR)]];
  const times = random.pick([1, 1, 1, 2, 2, 3]);
  if (times === 1) return [[morning, random.real(6, 10) * HOUR]];
  const each = times === 2 ? 5 * HOUR : 3 * HOUR;
  return Array.from({ length: times }, (_, turn) => [
    morning + turn * (each + 15 * MINUTE),
    random.real(20 * MINUTE, each),
  ]);
}

/** Mostly one to three days, some up to eight, a few for weeks. */
function long(random: Randomness): number {
  const kind = random.real(0, 1);
  if (kind < 0.85) return random.real(1, 3) * DAY;
  return (kind < 0.97 ? random.real(3, 8) : random.real(8, 30)) * DAY;
}

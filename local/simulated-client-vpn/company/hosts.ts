import type { Period } from './connection.ts';
import { randomness } from './randomness.ts';

/** Places below this one are kept for what is connected for longer than a day. */
const FIRST_SHARED_HOST = 32;

/** Places that one day's connections of one endpoint share; more than there are people. */
const BANK = 256;

/** Seconds before an address is given to somebody else. */
const REST = 30;

/**
 * The places of the connections that began on one UTC day at one endpoint. Whoever comes next takes the first place
 * that is free, so that addresses are used again, by others, on the same day and on later ones.
 *
 * Days are numbered apart without knowing each other: even and odd days have separate places, and since none of these
 * connections lasts longer than a day, all of a day's have ended when the next day but one begins.
 * @param periods - in order of their start.
 */
export function hostsOf(seed: number, endpoint: string, day: number, periods: readonly Period[]): readonly number[] {
  const shift = randomness('hosts', seed, endpoint, day).whole(0, 40);
  const freeFrom: number[] = [];
  return periods.map(({ start, end }) => {
    const free = freeFrom.findIndex((from) => from <= start);
    const place = free === -1 ? freeFrom.length : free;
    freeFrom[place] = end + REST;
    return FIRST_SHARED_HOST + 2 * ((place + shift) % BANK) + (day % 2);
  });
}

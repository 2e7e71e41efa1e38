import { DEFAULT_ZONE, offsetAt, startOfDay } from '../lambda/trail/time-zone.ts';

/** A day or an hour, in seconds since 1970: from its first second to before its last. */
export interface Bucket {
  readonly start: number;
  readonly end: number;
}

const SECONDS = { day: 86_400, hour: 3600 } as const;
/** No zone has changed its clocks within a quarter of an hour since 1972 (IANA time zone database). */
const QUARTER = 900;

/**
 * Days or hours as the clocks of a zone show them: a day may have 23 or 25 hours, and the hour that happens twice is two. An hour in
 * which the clocks are changed ends there.
 */
export function createCalendar(unit: keyof typeof SECONDS, zone: string): { at(second: number): Bucket } {
  const length = SECONDS[unit];
  const find = unit === 'day' ? dayAt : hourAt;
  const known = new Map<number, Bucket>();
  return {
    at(second) {
      const key = Math.floor(second / (zone === DEFAULT_ZONE ? length : QUARTER));
      const found = known.get(key);
      if (found) return found;
      const bucket = zone === DEFAULT_ZONE ? { start: key * length, end: (key + 1) * length } : find(second, zone);
      known.set(key, bucket);
      return bucket;
    },
  };
}

const offset = (second: number, zone: string) => offsetAt(second * 1000, zone) / 1000;

function dayAt(second: number, zone: string): Bucket {
  const local = Math.floor((second + offset(second, zone)) / SECONDS.day) * SECONDS.day;
  const startOf = (day: number) => startOfDay(day * 1000, zone) / 1000;
  return { start: startOf(local), end: startOf(local + SECONDS.day) };
}

function hourAt(second: number, zone: string): Bucket {
  const now = offset(second, zone);
  const start = Math.floor((second + now) / SECONDS.hour) * SECONDS.hour - now;
  const isNow = (moment: number) => offset(moment, zone) === now;
  const quarters = Array.from({ length: 5 }, (_, index) => start + index * QUARTER);
  // Where the clocks are changed in the hour, only the part with this second counts.
  const before = quarters.filter((moment) => moment <= second && isNow(moment));
  const after = quarters.filter((moment) => moment > second && !isNow(moment));
  return { start: before[0] ?? start, end: Math.min(start + SECONDS.hour, ...after) };
}

import type { Instant } from './time.ts';

/** A local time, as the milliseconds since 1970 of the same clock time in UTC. */
export type LocalTime = number;

/** The default time zone. */
export const DEFAULT_ZONE = 'UTC';

export const DAY_MILLISECONDS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The IANA name of a time zone in its usual spelling (`europe/berlin` is `Europe/Berlin`); undefined if there is no
 * such zone.
 */
export function findZone(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // ICU replaces some names with older ones, like Asia/Calcutta: then the given name is kept.
    return timeZone === DEFAULT_ZONE || timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return undefined;
  }
}

/** An instant for people: as it is for UTC, otherwise the zone's time with its offset, so that no hour is meant twice. */
export function showInZone(instant: Instant, zone: string): string {
  if (zone === DEFAULT_ZONE) return instant;
  const moment = Date.parse(instant);
  if (Number.isNaN(moment)) return instant;
  const offset = offsetAt(moment, zone);
  const minutes = Math.abs(Math.round(offset / 60_000));
  const clock = (value: number) => String(value).padStart(2, '0');
  const written = `${offset < 0 ? '-' : '+'}${clock(Math.floor(minutes / 60))}:${clock(minutes % 60)}`;
  return `${new Date(moment + offset).toISOString().slice(0, 19)}${written}`;
}

/** The moments, in milliseconds since 1970, at which clocks in the zone showed a time: none, one or two, in order. */
export function instantsOf(local: LocalTime, zone: string): number[] {
  const offsets = new Set([offsetAt(local - DAY_MILLISECONDS, zone), offsetAt(local + DAY_MILLISECONDS, zone)]);
  return [...offsets]
    .map((offset) => local - offset)
    .filter((moment) => moment + offsetAt(moment, zone) === local)
    .sort((first, second) => first - second);
}

/** The first moment of a day; where its midnight was skipped, the moment at which the clocks were put forward. */
export function startOfDay(day: LocalTime, zone: string): number {
  return instantsOf(day, zone)[0] ?? day - offsetAt(day - DAY_MILLISECONDS, zone);
}

/** How far the zone's clocks are ahead of UTC at a moment, in milliseconds. */
export function offsetAt(moment: number, zone: string): number {
  if (zone === DEFAULT_ZONE) return 0;
  const parts = new Map(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  // A leap year, which has every day; Date.UTC would take the years before 100 for those after 1900.
  const shown = new Date(
    Date.UTC(2000, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
  ).setUTCFullYear(part('year'));
  return shown - Math.floor(moment / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = 'numeric';
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  formats.set(timeZone, format);
  return format;
}

import { type Instant, toInstant } from './time.ts';
import { DAY_MILLISECONDS, instantsOf, type LocalTime, showInZone, startOfDay } from './time-zone.ts';

/** What a time is for: an end of the window, or one moment. */
export type TimeRole = 'since' | 'until' | 'at';

/** What a time that somebody wrote is read by. */
interface TimeReading {
  readonly now: Date;
  /** IANA name of the zone that a time without one is in. */
  readonly zone: string;
}

/** The time that was meant, or what was expected instead: the end of the sentence "expected …". */
type ReadTime = { readonly instant: Instant } | { readonly expected: string };

const FORMS = 'a time like 2026-11-22T14:03:00Z, 2026-11-22T14:03, 2026-11-22, 2h, 7d, now, today or yesterday';
const MOMENT = 'a moment like 2026-11-22T14:03:00Z, 2026-11-22T14:03, 2h or now; a whole day is no moment';

const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(\d{1,9})([smhdw])$/;
const DAY_FORM = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME_FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?([Zz]|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Reads a time: ISO 8601 with or without a zone, to the second (a fraction is cut); a date alone; `now`, `today`,
 * `yesterday`; or how long ago (`90s`, `30m`, `2h`, `7d`, `2w`, a day being 24 hours).
 *
 * A date alone is the start of its day, as `until` its last second, and no moment. A local time that happened twice is the
 * earlier one as `since`, the later one as `until`.
 */
export function readTime(text: string, role: TimeRole, { now, zone }: TimeReading): ReadTime {
  if (text === 'now') return { instant: toInstant(now) };
  const ago = readSeconds(text);
  if (ago !== undefined) return readRelative(ago, now);
  const daysAgo = { today: 0, yesterday: 1 }[text];
  if (daysAgo === undefined) return readWrittenTime(text, role, zone) ?? { expected: role === 'at' ? MOMENT : FORMS };
  const today = Date.parse(showInZone(toInstant(now), zone).slice(0, 10));
  return readWholeDay(today - daysAgo * DAY_MILLISECONDS, role, zone) ?? { expected: MOMENT };
}

/** Reads a time as {@link readTime} does, but none that depends on when it is read. Undefined for a text in no such form. */
export function readWrittenTime(text: string, role: TimeRole, zone: string): ReadTime | undefined {
  const day = DAY_FORM.exec(text);
  if (day) return readWholeDay(localTime(day.slice(1)), role, zone);
  const time = TIME_FORM.exec(text);
  if (!time) return undefined;
  const local = localTime(time.slice(1, 7));
  if (local === undefined) return { expected: 'a day and a time of day that there are' };
  return time[7] ? readZoned(local, time[7]) : readLocal(local, role, zone);
}

/** Reads how long something takes, like `90s`, `5m`, `24h`, `90d` or `2w`, in seconds; a day has 24 hours. Undefined for any other text. */
export function readSeconds(text: string): number | undefined {
  const [, amount, unit = ''] = DURATION.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNIT_SECONDS[unit] ?? Number.NaN);
}

function readRelative(seconds: number, now: Date): ReadTime {
  const moment = now.getTime() - seconds * 1000;
  return moment >= EARLIEST ? { instant: toInstant(moment) } : { expected: 'a time of our era' };
}

/** Undefined for a day as a moment: somebody may have been connected for an hour of it. */
function readWholeDay(day: LocalTime | undefined, role: TimeRole, zone: string): ReadTime | undefined {
  if (role === 'at') return undefined;
  if (day === undefined) return { expected: 'a day that there is' };
  if (role === 'since') return { instant: toInstant(startOfDay(day, zone)) };
  return { instant: toInstant(startOfDay(day + DAY_MILLISECONDS, zone) - 1000) };
}

/** Undefined for days that no calendar has, and times that no clock shows. */
function localTime(parts: readonly (string | undefined)[]): LocalTime | undefined {
  const [year, month, day, hour, minute, second] = parts;
  const text = `${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}`;
  const milliseconds = Date.parse(`${text}Z`);
  const exists = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
  return exists ? milliseconds : undefined;
}

const OFFSET = /^([+-])(\d\d):?(\d\d)?$/;

function readZoned(local: LocalTime, zone: string): ReadTime {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) return { expected: 'an offset like +02:00' };
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return { instant: toInstant(sign === '-' ? local + offset : local - offset) };
}

function readLocal(local: LocalTime, role: TimeRole, zone: string): ReadTime {
  const instants = instantsOf(local, zone);
  const [first, last] = [instants[0], instants.at(-1)];
  if (first === undefined || last === undefined) {
    return { expected: `a time that there was: the clocks in ${zone} were put forward over it` };
  }
  if (role === 'at' && first !== last) {
    const both = instants.map((moment) => toInstant(moment)).join(' or ');
    return { expected: `${both}: it happened twice in ${zone}, where the clocks were put back` };
  }
  return { instant: toInstant(role === 'until' ? last : first) };
}

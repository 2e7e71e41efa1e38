/**
 * Instants are ISO 8601 in UTC to the second (`2019-08-12T07:58:34Z`), so they sort as text.
 */
export type Instant = string;

/** Seconds of a day in UTC. */
export const DAY_SECONDS = 86_400;

const AWS_TIME = /^(\d{4}-(?:0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))[ T]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?Z?$/;

/**
 * Reads a time of the EC2 API: `2019-08-12 07:58:34`, UTC with no zone written (an ISO form is read as well); a fraction
 * of a second is cut. Returns undefined for anything else, and for days that do not exist.
 */
export function parseAwsTime(text: string): Instant | undefined {
  const match = AWS_TIME.exec(text);
  if (!match) return undefined;
  const [, date, day = '', time] = match;
  const instant = `${date}T${time}Z`;
  // Every month has 28 days, so only later days need the (slow) calendar check: rows have many times.
  return day <= '28' || toInstant(toMilliseconds(instant)) === instant ? instant : undefined;
}

/** The first and the last millisecond of the years with four digits, of which alone instants sort as text. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The second that holds a moment, given as a Date or as milliseconds since 1970; for one before the year 0000 or after 9999 the
 * first or the last there is.
 */
export function toInstant(moment: Date | number): Instant {
  const date = new Date(Math.min(Math.max(Number(moment), FIRST), LAST));
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since 1970. */
export function toMilliseconds(instant: Instant): number {
  return Date.parse(instant);
}

/** The instant that many seconds later, or earlier if negative. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return toInstant(toMilliseconds(instant) + seconds * 1000);
}

/** Seconds from the first instant to the second; negative where the second is earlier. */
export function secondsBetween(first: Instant, second: Instant): number {
  return (toMilliseconds(second) - toMilliseconds(first)) / 1000;
}

/** The later of two instants. */
export function later(first: Instant, second: Instant): Instant {
  return first > second ? first : second;
}

/** The earlier of two instants. */
export function earlier(first: Instant, second: Instant): Instant {
  return first < second ? first : second;
}

/** The earliest of those that are given, if there is one. */
export function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.filter((instant) => instant !== undefined).sort()[0];
}

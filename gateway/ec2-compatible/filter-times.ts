import { addSeconds, type Instant, parseAwsTime, toInstant } from '../../lambda/trail/time.ts';
import { invalidValue } from '../ec2-query-protocol/ec2-error.ts';

/** The filters that are times. */
export const TIME_FILTERS = ['since', 'until', 'at'] as const;

type TimeFilter = (typeof TIME_FILTERS)[number];

const EXPECTED = {
  since: 'a time like 2026-11-22T14:03:00Z or "2026-11-22 14:03:00" (UTC), a date, or 2h or 7d for so long ago',
  until: 'a time like 2026-11-22T14:03:00Z or "2026-11-22 14:03:00" (UTC), a date (that whole day), or 2h or 7d ago',
  at: 'a time like 2026-11-22T14:03:00Z or "2026-11-22 14:03:00" (UTC), 2h or 7d for so long ago, or now',
};

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Reads the value of a time filter as the trail's API takes it: an instant, or `now` with `at`, which is a question of
 * its own there.
 * @param now - what relative times count from.
 * @throws Ec2Error InvalidParameterValue
 */
export function readFilterTime(filter: TimeFilter, text: string, now: Instant): string {
  const time = filter === 'at' && text === 'now' ? text : (relative(text, now) ?? day(filter, text) ?? moment(text));
  if (time !== undefined) return time;
  throw invalidValue(filter, text, `Expecting ${EXPECTED[filter]}.`);
}

function relative(text: string, now: Instant): Instant | undefined {
  if (text === 'now') return now;
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  return count === '' || seconds > Date.parse(now) / 1000 ? undefined : addSeconds(now, -seconds);
}

/** A day is no instant: somebody may have been connected for an hour of it. */
function day(filter: TimeFilter, text: string): Instant | undefined {
  if (filter === 'at' || !/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  return parseAwsTime(`${text} ${filter === 'since' ? '00:00:00' : '23:59:59'}`);
}

function moment(text: string): Instant | undefined {
  const [, written = '', sign, hours, minutes] = /^(.{19,}?)(?:([+-])(\d\d):([0-5]\d))?$/.exec(text) ?? [];
  const instant = parseAwsTime(written);
  if (instant === undefined || sign === undefined) return instant;
  if (written.endsWith('Z') || Number(hours) > 23) return undefined;
  const ahead = Number(hours) * 3600 + Number(minutes) * 60;
  return toInstant(Date.parse(instant) + (sign === '+' ? -ahead : ahead) * 1000);
}

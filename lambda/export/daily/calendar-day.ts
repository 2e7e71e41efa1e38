import { addSeconds, DAY_SECONDS, type Instant } from '../../trail/time.ts';

/** A day in UTC, like `2026-11-22`. */
export type Day = string;

/** The day of an instant. */
export const dayOf = (instant: Instant): Day => instant.slice(0, 10);

/** A day's first second. */
export const firstSecondOf = (day: Day): Instant => `${day}T00:00:00Z`;

/** A day's last second. */
export const lastSecondOf = (day: Day): Instant => `${day}T23:59:59Z`;

/** The day after. */
export const dayAfter = (day: Day): Day => dayOf(addSeconds(firstSecondOf(day), DAY_SECONDS));

/** The days from the first one up to, but excluding, the end. */
export function daysBefore(end: Day, first: Day): Day[] {
  const days: Day[] = [];
  for (let day = first; day < end; day = dayAfter(day)) days.push(day);
  return days;
}

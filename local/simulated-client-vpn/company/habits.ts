import type { Randomness } from './randomness.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A period in which somebody wants to be connected: seconds since the local midnight of its day. */
export interface Presence {
  readonly from: number;
  readonly until: number;
}

/** A local day, as seen by one person. */
interface LocalDay {
  /** Days since 1970. */
  readonly number: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** What differs between people of one habit: shifts, days off, anchors. */
  readonly person: number;
  readonly random: Randomness;
}

/**
 * When somebody wants to be connected. A period begins between local 00:00 and 28:00, lasts at most 24 hours, ends
 * before 48:00 even in UTC, and before the first one of the next day begins: a person's periods never overlap.
 */
export type Habit = (day: LocalDay) => readonly Presence[];

const isWorkday = ({ weekday }: LocalDay) => weekday >= 1 && weekday <= 5;

function once(from: number, length: number): readonly Presence[] {
  return [{ from: Math.round(from), until: Math.round(from + length) }];
}

const office: Habit = (day) => {
  if (!isWorkday(day) || day.random.chance(0.08)) return [];
  const begins = 8.7 * HOUR + day.random.real(-50, 50) * MINUTE;
  return once(begins, day.random.real(8, 9.6) * HOUR);
};

const earlyBird: Habit = (day) => {
  if (!isWorkday(day) || day.random.chance(0.07)) return [];
  return once(day.random.real(5.6, 6.5) * HOUR, day.random.real(7.5, 8.5) * HOUR);
};

const partTime: Habit = (day) => {
  const off = 1 + (day.person % 5);
  if (!isWorkday(day) || day.weekday === off || day.random.chance(0.1)) return [];
  return once(day.random.real(8.5, 9.5) * HOUR, day.random.real(3.5, 5) * HOUR);
};

/** Rarely, and mostly on a Saturday or a Sunday. */
const weekends: Habit = (day) => {
  if (!day.random.chance(isWorkday(day) ? 0.12 : 0.35)) return [];
  return once(day.random.real(10, 19) * HOUR, day.random.real(0.4, 3.5) * HOUR);
};

/** Early, late and night shifts, all week; everybody keeps their shift and has two days off. */
const shift: Habit = (day) => {
  if ((day.number + day.person) % 7 >= 5) return [];
  const begins = [5.8, 13.8, 21.8][day.person % 3] ?? 0;
  return once(begins * HOUR + day.random.real(-8, 8) * MINUTE, day.random.real(8.2, 8.6) * HOUR);
};

/** Office hours, and on some nights a call from the pager. */
const onCall: Habit = (day) => {
  if (!day.random.chance(0.3)) return office(day);
  const call = once(day.random.real(21.5, 26.5) * HOUR, day.random.real(12, 80) * MINUTE);
  return [...office(day), ...call];
};

/** Connected from Monday morning to Friday evening; the session timeout makes it a connection a day. */
const wholeWeek: Habit = (day) => {
  if (!isWorkday(day)) return [];
  const begins = 8 * HOUR + (day.person % 60) * MINUTE;
  return once(begins, day.weekday === 5 ? day.random.real(8, 9.5) * HOUR : DAY - day.random.whole(1, 4));
};

/** A machine that is always connected, from timeout to timeout; each has its own hour, up to a quarter past 23. */
const machine: Habit = (day) => once((3 + 5 * (day.person % 5)) * HOUR + 17 * MINUTE, DAY - day.random.whole(1, 4));

/** The company's habits. */
export const habits = { office, earlyBird, partTime, weekends, shift, onCall, wholeWeek, machine } satisfies Record<
  string,
  Habit
>;

import { expect, it } from 'vitest';
import type { Clock } from '../../local/clock.ts';
import { runSchedule } from '../../local/recording-schedule.ts';

const MINUTE = 60_000;

/** How a schedule of 5 minutes goes: what ends it, and what happens in between. */
interface Course {
  readonly start: string;
  /** It is stopped after so many. */
  readonly recordings: number;
  /** The last recording of the trail. */
  readonly after?: string;
  /** How many minutes the first recording takes. */
  readonly takes?: number;
  /** How many minutes the machine sleeps after the first recording. */
  readonly sleeps?: number;
}

/** The clock times of the slots that are recorded; the clock stands still but for what is waited, recorded and slept. */
async function slotsOf({ start, recordings, after, takes = 0, sleeps = 0 }: Course): Promise<string[]> {
  let time = Date.parse(`2026-01-01T${start}Z`);
  const stop = new AbortController();
  if (recordings === 0) stop.abort();
  const seen: string[] = [];
  const clock: Clock = {
    now: () => new Date(time),
    waitUntil: async (moment) => {
      time = Math.max(time, moment.getTime()) + (seen.length === 1 ? sleeps * MINUTE : 0);
    },
  };
  const record = async (slot: Date) => {
    seen.push(slot.toISOString().slice(11, 19));
    if (seen.length === 1) time += takes * MINUTE;
    if (seen.length === recordings) stop.abort();
  };
  const last = after === undefined ? undefined : new Date(`2026-01-01T${after}Z`);
  await runSchedule({ clock, every: 5 * MINUTE, after: last, signal: stop.signal, record });
  return seen;
}

it.each<[what: string, course: Course, slots: string[]]>([
  [
    'begins with the slot under way and goes on with the multiples of the interval',
    { start: '12:03:20', recordings: 3 },
    ['12:00:00', '12:05:00', '12:10:00'],
  ],
  [
    'does not record again what the trail holds already',
    { start: '12:03:20', recordings: 2, after: '12:00:00' },
    ['12:05:00', '12:10:00'],
  ],
  [
    'goes on after a recording between two slots',
    { start: '12:03:20', recordings: 2, after: '12:03:10' },
    ['12:05:00', '12:10:00'],
  ],
  [
    'leaves out the slots that pass during a recording, and the next one is on time',
    { start: '12:00:00', recordings: 3, takes: 7 },
    ['12:00:00', '12:10:00', '12:15:00'],
  ],
  [
    'leaves out the slots of a machine that slept',
    { start: '12:00:00', recordings: 3, sleeps: 62 },
    ['12:00:00', '13:05:00', '13:10:00'],
  ],
  [
    'goes on at once if the trail, or a clock that was set back since, is far ahead',
    { start: '12:03:20', recordings: 3, after: '23:00:00', sleeps: -120 },
    ['12:00:00', '10:05:00', '10:10:00'],
  ],
  ['begins nothing once it is stopped', { start: '12:00:00', recordings: 0 }, []],
])('the schedule %s', async (_, course, slots) => {
  expect(await slotsOf(course)).toEqual(slots);
});

import { describe, expect, it } from 'vitest';
import type { Clock } from '../../local/clock.ts';
import { runSchedule } from '../../local/recording-schedule.ts';

const MINUTE = 60_000;

/** A clock that stands still but for what is waited and what `pass` adds. */
function testClock(start: string) {
  let time = Date.parse(start);
  const clock: Clock = {
    now: () => new Date(time),
    waitUntil: async (moment) => {
      time = Math.max(time, moment.getTime());
    },
  };
  return { clock, pass: (milliseconds: number) => (time += milliseconds) };
}

/** Runs a schedule of 5 minutes until `recordings` were made; each takes as many minutes as `takes` says. */
async function slots(
  start: string,
  recordings: number,
  takes: readonly number[] = [],
  after?: string,
): Promise<string[]> {
  const { clock, pass } = testClock(start);
  const stop = new AbortController();
  const seen: string[] = [];
  const record = async (slot: Date) => {
    seen.push(slot.toISOString().slice(11, 19));
    pass((takes[seen.length - 1] ?? 0) * MINUTE);
    if (seen.length === recordings) stop.abort();
  };
  await runSchedule({
    clock,
    every: 5 * MINUTE,
    after: after === undefined ? undefined : new Date(after),
    signal: stop.signal,
    record,
  });
  return seen;
}

describe('the schedule', () => {
  it('begins with the slot under way and goes on with the multiples of the interval', async () => {
    expect(await slots('2026-01-01T12:03:20Z', 3)).toEqual(['12:00:00', '12:05:00', '12:10:00']);
  });

  it('does not record again what the trail holds already', async () => {
    expect(await slots('2026-01-01T12:03:20Z', 2, [], '2026-01-01T12:00:00Z')).toEqual(['12:05:00', '12:10:00']);
  });

  it('goes on after a recording between two slots', async () => {
    expect(await slots('2026-01-01T12:03:20Z', 2, [], '2026-01-01T12:03:10Z')).toEqual(['12:05:00', '12:10:00']);
  });

  it('leaves out the slots that pass during a recording, and the next one is on time', async () => {
    expect(await slots('2026-01-01T12:00:00Z', 3, [7])).toEqual(['12:00:00', '12:10:00', '12:15:00']);
  });

  it('leaves out the slots of a machine that slept', async () => {
    const { clock, pass } = testClock('2026-01-01T12:00:00Z');
    const stop = new AbortController();
    const seen: string[] = [];
    const sleepy: Clock = {
      now: clock.now,
      waitUntil: async (moment, signal) => {
        await clock.waitUntil(moment, signal);
        if (seen.length === 1) pass(62 * MINUTE);
      },
    };
    const record = async (slot: Date) => {
      seen.push(slot.toISOString().slice(11, 19));
      if (seen.length === 3) stop.abort();
    };
    await runSchedule({ clock: sleepy, every: 5 * MINUTE, signal: stop.signal, record });
    expect(seen).toEqual(['12:00:00', '13:05:00', '13:10:00']);
  });

  it('begins nothing once it is stopped', async () => {
    const { clock } = testClock('2026-01-01T12:00:00Z');
    const seen: Date[] = [];
    const record = async (slot: Date) => void seen.push(slot);
    await runSchedule({ clock, every: MINUTE, signal: AbortSignal.abort(), record });
    expect(seen).toEqual([]);
  });
});

import type { Clock } from './clock.ts';

/** What the schedule needs. */
export interface Schedule {
  readonly clock: Clock;
  /** Milliseconds between two recordings; slots are its multiples since 1970, UTC. */
  readonly every: number;
  /** The last slot that the trail holds already; nothing is recorded for it again, nor for an earlier one. */
  readonly after?: Date | undefined;
  /** Aborted to stop: the recording in progress is finished, none is begun. */
  readonly signal: AbortSignal;
  /** Makes one recording. */
  readonly record: (slot: Date) => Promise<void>;
}

/**
 * Records on schedule until it is stopped, beginning with the slot that is under way. There is never more than one
 * recording at a time: slots that pass while one takes too long, or while the machine sleeps, are left out, and the next
 * one is on time.
 */
export async function runSchedule({ clock, every, after, signal, record }: Schedule): Promise<void> {
  let last = after;
  while (!signal.aborted) {
    const slot = slotAt(clock.now(), every);
    if (last === undefined || slot > last) {
      await record(slot);
      last = slot;
    }
    // A later slot may have come up during the recording: it is over, not due.
    await clock.waitUntil(nextSlot(clock.now(), every, last), signal);
  }
}

/** The slot that holds a moment: the last multiple of the interval that is not after it. */
export function slotAt(moment: Date, every: number): Date {
  return new Date(Math.floor(moment.getTime() / every) * every);
}

/** The first slot after both a moment and the last slot of the trail. */
export function nextSlot(moment: Date, every: number, last: Date): Date {
  return slotAt(new Date(Math.max(moment.getTime(), last.getTime()) + every), every);
}

import type { Clock } from './clock.ts';

interface Schedule {
  readonly clock: Clock;
  /** Milliseconds between two recordings; slots are its multiples since 1970, UTC. */
  readonly every: number;
  /** The trail's last slot; neither it nor an earlier one is recorded again. */
  readonly after?: Date | undefined;
  /** Aborted to stop: the recording in progress finishes, and no other begins. */
  readonly signal: AbortSignal;
  readonly record: (slot: Date) => Promise<void>;
}

/**
 * Records on schedule until it is stopped, beginning with the current slot. There is never more than one recording at a time:
 * slots that pass during a long recording, or while the machine sleeps, are skipped, and the next one is on
 * time.
 */
export async function runSchedule({ clock, every, after, signal, record }: Schedule): Promise<void> {
  let last = after;
  while (!signal.aborted) {
    const slot = slotAt(clock.now(), every);
    if (last === undefined || slot > last) {
      await record(slot);
      last = slot;
    }
    // A slot that began during the recording is skipped.
    await clock.waitUntil(nextSlot(clock.now(), every, last), signal);
  }
}

/** The slot of a moment: the last multiple of the interval that is not after it. */
export function slotAt(moment: Date, every: number): Date {
  return new Date(Math.floor(moment.getTime() / every) * every);
}

/** The first slot after both a moment and the last slot of the trail. */
export function nextSlot(moment: Date, every: number, last: Date): Date {
  return slotAt(new Date(Math.max(moment.getTime(), last.getTime()) + every), every);
}

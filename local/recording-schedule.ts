import { isFarAhead } from '../lambda/trail/clocks.ts';
import { toInstant } from '../lambda/trail/time.ts';
import type { Clock } from './clock.ts';

interface Schedule {
  readonly clock: Clock;
  /** Milliseconds between two recordings; slots are its multiples since 1970, UTC. */
  readonly every: number;
  /** The trail's last slot; neither it nor an earlier one is recorded again, unless it is far ahead of the time. */
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
    const now = clock.now();
    const slot = slotAt(now, every);
    last = unlessAhead(last, now);
    if (last === undefined || slot > last) {
      await record(slot);
      last = slot;
    }
    // A slot that began during the recording is skipped.
    await clock.waitUntil(nextSlot(clock.now(), every, last), signal);
  }
}

/**
 * The last slot, unless it is so far ahead of the time that the clock must have been set back: to wait until then would lose what AWS
 * forgets meanwhile (ADR 31).
 */
export function unlessAhead(last: Date | undefined, now: Date): Date | undefined {
  return last && isFarAhead(toInstant(last), toInstant(now)) ? undefined : last;
}

/** The slot of a moment: the last multiple of the interval that is not after it. */
export function slotAt(moment: Date, every: number): Date {
  return new Date(Math.floor(moment.getTime() / every) * every);
}

/** The first slot after both a moment and the last slot of the trail. */
export function nextSlot(moment: Date, every: number, last: Date): Date {
  return slotAt(new Date(Math.max(moment.getTime(), last.getTime()) + every), every);
}

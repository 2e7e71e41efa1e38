import { setTimeout as pause } from 'node:timers/promises';

/** Time as the schedule knows it. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves when it is `moment`, or as soon as `signal` aborts. */
  readonly waitUntil: (moment: Date, signal: AbortSignal) => Promise<void>;
}

/** A clock that can be set, stand still, and run faster than time does. */
export interface AdjustableClock extends Clock {
  /** Stands still at `moment`. */
  readonly hold: (moment: Date) => void;
  /** Runs on from `moment`, `speed` times as fast as time does. */
  readonly run: (moment: Date, speed: number) => void;
}

/** A timer does not count while a machine sleeps, so a long wait looks at the time again after this long. */
const LONGEST_TIMER_MILLISECONDS = 15_000;

/** The clock of this machine, until it is set. */
export function startClock(): AdjustableClock {
  let origin = { simulated: 0, real: 0, speed: 1 };
  const milliseconds = () => origin.simulated + (Date.now() - origin.real) * origin.speed;
  return {
    now: () => new Date(milliseconds()),
    hold: (moment) => {
      origin = { simulated: moment.getTime(), real: Date.now(), speed: 0 };
    },
    run: (moment, speed) => {
      origin = { simulated: moment.getTime(), real: Date.now(), speed };
    },
    waitUntil: async (moment, signal) => {
      while (!signal.aborted && milliseconds() < moment.getTime()) {
        const remaining = (moment.getTime() - milliseconds()) / origin.speed;
        await pause(Math.min(Math.ceil(remaining), LONGEST_TIMER_MILLISECONDS), undefined, { signal }).catch(() => {});
      }
    },
  };
}

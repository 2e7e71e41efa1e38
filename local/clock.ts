import { setTimeout as pause } from 'node:timers/promises';

/** The clock of the schedule. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves when it is `moment`, or as soon as `signal` aborts. */
  readonly waitUntil: (moment: Date, signal: AbortSignal) => Promise<void>;
}

/** A clock that can be set, stopped, and sped up. */
export interface AdjustableClock extends Clock {
  /** Stops at `moment`. */
  readonly hold: (moment: Date) => void;
  /** Runs on from `moment`, at `speed` times real time. */
  readonly run: (moment: Date, speed: number) => void;
}

/** A timer stops while a machine sleeps, so a long wait checks the time again after this long. */
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

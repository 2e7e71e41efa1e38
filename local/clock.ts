import { setTimeout as pause } from 'node:timers/promises';

/** The clock of the schedule. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves when it is `moment`; as soon as `signal` aborts; or once the clock was set back, so that `moment` may be far away. */
  readonly waitUntil: (moment: Date, signal: AbortSignal) => Promise<void>;
}

/** A clock that can be set, stopped, and sped up. */
export interface AdjustableClock extends Clock {
  /** Stops at `moment`. */
  readonly hold: (moment: Date) => void;
  /** Runs on from `moment`, at `speed` times real time. */
  readonly run: (moment: Date, speed: number) => void;
  /** The milliseconds that have passed, at its speed, whatever it or the machine's clock was set to meanwhile. */
  readonly elapsed: () => number;
}

/** A timer stops while a machine sleeps, so a long wait checks the time again after this long. */
const LONGEST_TIMER_MILLISECONDS = 15_000;

/** The clock of this machine, until it is set. */
export function startClock(): AdjustableClock {
  let origin = { simulated: 0, real: 0, speed: 1 };
  const milliseconds = () => origin.simulated + (Date.now() - origin.real) * origin.speed;
  let [passed, since] = [0, performance.now()];
  const elapsed = () => passed + (performance.now() - since) * origin.speed;
  const set = (moment: Date, speed: number) => {
    [passed, since] = [elapsed(), performance.now()];
    origin = { simulated: moment.getTime(), real: Date.now(), speed };
  };
  return {
    now: () => new Date(milliseconds()),
    hold: (moment) => set(moment, 0),
    run: set,
    elapsed,
    waitUntil: async (moment, signal) => {
      for (let now = milliseconds(); !signal.aborted && now < moment.getTime(); ) {
        const before = now;
        const remaining = (moment.getTime() - now) / origin.speed;
        await pause(Math.min(Math.ceil(remaining), LONGEST_TIMER_MILLISECONDS), undefined, { signal }).catch(() => {});
        now = milliseconds();
        if (now < before) return;
      }
    },
  };
}

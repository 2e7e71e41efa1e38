import { BEGIN } from './truth.ts';

/** The true time of a world, and the clocks that show it wrongly. */
export class WorldClock {
  #milliseconds = BEGIN;
  #machineAhead = 0;

  /** True seconds since the world's beginning. */
  get seconds(): number {
    return (this.#milliseconds - BEGIN) / 1000;
  }

  pass(seconds: number): void {
    this.#milliseconds += Math.round(seconds * 1000);
  }

  setMachine(secondsAhead: number): void {
    this.#machineAhead = secondsAhead * 1000;
  }

  /** True, like the clock of those who ask. */
  now = (): Date => new Date(this.#milliseconds);

  /** The recorder's machine's. */
  machineNow = (): Date => new Date(this.#milliseconds + this.#machineAhead);

  /** What passes on the machine, whoever sets its clock; milliseconds. */
  elapsed = (): number => this.#milliseconds - BEGIN;

  awsDate(secondsAhead: number): Date {
    return new Date(this.#milliseconds + secondsAhead * 1000);
  }
}

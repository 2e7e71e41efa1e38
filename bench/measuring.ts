import { lineOf, start } from './processes.ts';

/** What one measured process says of itself. */
export interface Measured {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** In a process of its own: does the work, prints what it took as a line, and ends. */
export async function sayMeasured(work: () => Promise<unknown>): Promise<never> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const measured: Measured = {
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
  process.exit();
}

/** Runs a script of this folder that says what it took. */
export async function measure(script: string, args: readonly string[]): Promise<Measured> {
  const child = start(script, args);
  const line = await lineOf(child);
  child.stdin?.end();
  return JSON.parse(line) as Measured;
}

/** The median run by wall time. */
export function medianOf(all: readonly Measured[]): Measured {
  const median = all.toSorted((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor(all.length / 2)];
  if (!median) throw new RangeError('expected at least one run');
  return median;
}

/** How often each is measured: `--times N`, otherwise three times. */
export function timesGiven(): number {
  const flag = process.argv.indexOf('--times');
  const given = process.argv[flag + 1];
  const times = flag < 0 ? 3 : Number(given);
  if (!Number.isInteger(times) || times < 1) throw new RangeError(`expected --times 1 or more; got ${given}`);
  return times;
}

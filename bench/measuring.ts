import { lineOf, start } from './processes.ts';

/** How much a benchmark does. */
export interface Extent {
  /** One of its sizes, without it all. Each benchmark has a `small` one, which shows in seconds that it works. */
  readonly size: string | undefined;
  /** How often each is measured; without it as often as the benchmark finds enough. The median counts. */
  readonly times: number | undefined;
  /** How long it goes on, where a benchmark does the same again and again. */
  readonly minutes?: number | undefined;
}

/** The sizes that are asked for, by name. */
export function sizesOf<Size>(
  sizes: Readonly<Record<string, Size>>,
  { size }: Pick<Extent, 'size'>,
): [name: string, size: Size][] {
  const chosen = Object.entries(sizes).filter(([name]) => size === undefined || name === size);
  if (chosen.length === 0) throw new RangeError(`expected --size ${Object.keys(sizes).join(', ')}; got ${size}`);
  return chosen;
}

/** What one measured process says of itself. */
interface Measured {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** In a process of its own: does the work, prints what it took as a line, with what the work says besides, and ends. */
export async function sayMeasured(work: () => Promise<unknown>): Promise<never> {
  const began = performance.now();
  const before = process.cpuUsage();
  const besides = await work();
  const { user, system } = process.cpuUsage(before);
  const measured: Measured = {
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify({ ...(typeof besides === 'object' ? besides : {}), ...measured })}\n`);
  process.exit();
}

/** Runs a script of this folder that says what it took. */
export async function measure<Besides = unknown>(script: string, args: readonly string[]): Promise<Measured & Besides> {
  const child = start(script, args);
  const line = await lineOf(child);
  child.stdin?.end();
  return JSON.parse(line) as Measured & Besides;
}

/** Runs so often, one after the other; the median by wall time. */
export async function medianRun<Run extends Measured>(
  times: number,
  run: (time: number) => Promise<Run>,
): Promise<Run> {
  const all: Run[] = [];
  for (let time = 0; time < times; time++) all.push(await run(time));
  const median = all.sort((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor(times / 2)];
  if (!median) throw new RangeError('expected at least one run');
  return median;
}

/** The heads of {@link measuredCells}. */
export const MEASURED = ['wall s', 'CPU s', 'peak MB'];

export function measuredCells({ wallSeconds, cpuSeconds, peakMegabytes }: Measured): string[] {
  return [figure(wallSeconds, 1), figure(cpuSeconds, 1), figure(peakMegabytes)];
}

/**
 * A figure as text.
 *
 * @throws RangeError for what no measurement can come to
 */
export function figure(value: number, digits = 0): string {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`measured nonsense: ${value}`);
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function printRow(label: string, cells: readonly string[]): void {
  console.log(label.padEnd(34) + cells.map((cell) => cell.padStart(18)).join(''));
}

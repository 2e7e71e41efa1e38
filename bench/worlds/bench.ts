import fc from 'fast-check';
import { judgeWorld } from '../../test/support/odd-truths/judged-world.ts';
import { worlds } from '../../test/support/odd-truths/random-worlds.ts';
import { tallyOf } from '../../test/support/odd-truths/tally.ts';
import type { World } from '../../test/support/odd-truths/truth.ts';
import { type Extent, figure, sizesOf } from '../measuring.ts';

/** Worlds, unless `--minutes` says for how long. */
const SIZES = { small: 10, some: 1000 };
/** Worlds that follow from one seed. */
const AT_ONCE = 50;
const PROGRESS_SECONDS = 30;

/**
 * Random worlds in which clocks, rows and answers are strange, each judged by what really happened: how many there were, and what
 * befell them. One in which an answer is wrong is told with the seed and the path that make it again, and with which a test makes it small.
 */
export async function bench({ size = 'some', minutes }: Extent): Promise<void> {
  const most =
    minutes === undefined ? Math.max(...sizesOf(SIZES, { size }).map(([, count]) => count)) : Number.POSITIVE_INFINITY;
  const began = performance.now();
  const counts = new Map<string, number>();
  const seconds = () => (performance.now() - began) / 1000;
  const isOver = () => (minutes === undefined ? false : seconds() >= minutes * 60);
  let said = 0;
  const judge = async (world: World) => {
    const { faults, checks } = await judgeWorld(world);
    for (const [name, count] of [...tallyOf(world), ['checks', checks] as const]) {
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
    if (seconds() - said > PROGRESS_SECONDS) {
      said = seconds();
      console.log(`${figure(said)} s: ${linesOf(counts).join(', ')}`);
    }
    const [first] = faults;
    if (first) throw new Error(`${first.rule}: ${first.text}`);
  };
  // A campaign explores; the small run of each change is the same each time (ADR 26).
  const from = minutes === undefined ? 1 : Date.now() % 2 ** 31;
  for (let seed = from; (counts.get('worlds') ?? 0) < most && !isOver(); seed++) {
    const found = await fc.check(fc.asyncProperty(worlds, judge), {
      seed,
      numRuns: Math.min(AT_ONCE, most),
      endOnFailure: true,
    });
    if (!found.failed) continue;
    console.error(fc.defaultReportMessage(found));
    process.exitCode = 1;
  }
  console.log(`${figure(seconds())} s:\n  ${linesOf(counts).join('\n  ')}`);
}

const linesOf = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].map(([name, count]) => `${figure(count)} ${name}`);

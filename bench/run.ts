import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Extent } from './measuring.ts';

/** The benchmarks are the folders with a `bench.ts`: `npm run bench -- NAME [--size SIZE] [--times N]`. */
const NAMES = globSync('*/bench.ts', { cwd: import.meta.dirname })
  .map(dirname)
  .sort();

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string' }, times: { type: 'string' } },
});
const [name = ''] = positionals;
if (NAMES.includes(name)) {
  const { bench } = (await import(`./${name}/bench.ts`)) as { bench: (extent: Extent) => Promise<void> };
  await bench({ size: values.size, times: timesOf(values.times) });
} else {
  console.error(`expected the name of a benchmark (${NAMES.join(', ')}), got ${JSON.stringify(name)}`);
  process.exitCode = 2;
}

function timesOf(given: string | undefined): number | undefined {
  const times = given === undefined ? undefined : Number(given);
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
    throw new RangeError(`expected --times 1 or more; got ${given}`);
  }
  return times;
}

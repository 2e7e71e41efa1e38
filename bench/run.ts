import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Extent } from './measuring.ts';

/** The benchmarks are the folders with a `bench.ts`: `npm run bench -- NAME [--size SIZE] [--times N] [--minutes N]`. */
const NAMES = globSync('*/bench.ts', { cwd: import.meta.dirname })
  .map(dirname)
  .sort();

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string' }, times: { type: 'string' }, minutes: { type: 'string' } },
});
const [name = ''] = positionals;
if (NAMES.includes(name)) {
  const { bench } = (await import(`./${name}/bench.ts`)) as { bench: (extent: Extent) => Promise<void> };
  await bench({
    size: values.size,
    times: countOf('times', values.times),
    minutes: countOf('minutes', values.minutes),
  });
} else {
  console.error(`expected the name of a benchmark (${NAMES.join(', ')}), got ${JSON.stringify(name)}`);
  process.exitCode = 2;
}

function countOf(name: string, given: string | undefined): number | undefined {
  const count = given === undefined ? undefined : Number(given);
  if (count !== undefined && !(Number.isInteger(count) && count > 0)) {
    throw new RangeError(`expected --${name} 1 or more; got ${given}`);
  }
  return count;
}

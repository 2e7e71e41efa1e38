import { benchCapture } from './capture.ts';
import { benchCost } from './cost.ts';
import { benchExport } from './export.ts';
import { benchQuery } from './query.ts';
import { benchQueryImport } from './query-import.ts';
import { benchVerify } from './verify.ts';

/** The benchmarks by name: `npm run bench -- NAME`. */
const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  cost: benchCost,
  capture: benchCapture,
  query: benchQuery,
  'query-import': benchQueryImport,
  verify: benchVerify,
  export: benchExport,
};

const name = process.argv[2] ?? '';
const benchmark = BENCHMARKS[name];
if (benchmark) {
  await benchmark();
} else {
  console.error(
    `expected the name of a benchmark (${Object.keys(BENCHMARKS).join(', ')}), got ${JSON.stringify(name)}`,
  );
  process.exitCode = 2;
}

import { accessSync, constants, statfsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { MOTO_LIMITS } from './test/support/dynamodb/moto-limits.ts';

/** They take the longest: begun last, they would keep one worker alone at the end. */
const SLOWEST = [
  'browser.test.ts',
  'serve.test.ts',
  'crashes.test.ts',
  'kill-nine.test.ts',
  'odd-truths.test.ts',
  'rehearsal.test.ts',
];

/** Files that moto cannot run at all. */
const BEYOND_MOTO = MOTO_LIMITS.filter(({ test }) => test === undefined).map(({ file }) => `test/**/${file}`);

/** A folder of Linux that is in memory. */
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 * 1024 ** 3;

/** Where the tests make their folders: in memory if there is enough of it, in a tenth of the time. */
function folders(): { TMPDIR?: string } {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ENOUGH_BYTES ? { TMPDIR: MEMORY } : {};
  } catch {
    return {};
  }
}

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification) => SLOWEST.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  test: {
    testTimeout: 240_000,
    hookTimeout: 240_000,
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.MOTO_SERVERS ? BEYOND_MOTO : [])],
    env: folders(),
    globalSetup: 'test/support/assemblies.ts',
    setupFiles: ['test/support/seeded-tests.ts', 'test/support/dynamodb/guarded-tests.ts'],
    maxWorkers: 2,
    // The test files of a worker share one set of modules, loaded and compiled once: that halves the time of them all.
    isolate: false,
    // Node reads TypeScript itself: without Vite's transformation of every module the tests take a twentieth less.
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: SlowestFirst },
  },
});

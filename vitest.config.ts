import { defineConfig } from 'vitest/config';

const limits = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Folders whose tests hold nothing that outlives them: they share one set of modules, which for the CDK takes a second. */
const STATELESS = ['test/unit/**/*.test.ts', 'test/infra/**/*.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...limits, name: 'apart', include: ['test/**/*.test.ts'], exclude: STATELESS } },
      {
        test: {
          ...limits,
          name: 'together',
          include: STATELESS,
          isolate: false,
          globalSetup: 'test/support/assemblies.ts',
        },
      },
    ],
  },
});

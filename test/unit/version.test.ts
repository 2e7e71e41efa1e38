import { expect, it } from 'vitest';
import { RECORDER_VERSION } from '../../lambda/recorder/version.ts';
import manifest from '../../package.json' with { type: 'json' };

it('the version that manifests carry is that of the package', () => {
  expect(RECORDER_VERSION).toBe(manifest.version);
});

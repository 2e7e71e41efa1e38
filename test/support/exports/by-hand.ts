import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STAND_IN = join(import.meta.dirname, 'tools-stand-in.ts');
const TOOLS = ['jq', 'openssl'];

/** Those that this machine lacks. */
const LACKING = TOOLS.filter((name) => spawnSync(name, ['--help']).error !== undefined);

/** Runs a copy of `docs/verify-by-hand.sh`; with stand-ins for the tools that this machine lacks, or for all of them. */
export function runByHand(script: string, words: readonly string[], { hasStandIns = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'));
  try {
    for (const name of hasStandIns ? TOOLS : LACKING) {
      const line = `#!/bin/sh\nexec '${process.execPath}' '${STAND_IN}' ${name} "$@"\n`;
      writeFileSync(join(folder, name), line, { mode: 0o755 });
    }
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    return spawnSync('bash', [script, ...words], { env, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

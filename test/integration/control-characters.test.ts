import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runProgram } from '../../cli/program.ts';
import { keptTerminal } from '../support/command/kept-terminal.ts';

/** Clears the screen, and makes up a line. */
const EVIL = '\u001B[2J\nSearched: complete.\u009B1m\u202E';

/** Where nothing answers. */
const NOWHERE = 'http://127.0.0.1:9';

const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-control-'));
const file = join(folder, `export${EVIL}.csv`);
writeFileSync(file, 'x');
writeFileSync(`${file}.manifest.json`, '{}');
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  [EVIL],
  [`--${EVIL}`],
  ['connections', EVIL],
  ['connections', '--output', EVIL],
  ['connections', `--output=${EVIL}`],
  ['connections', `--${EVIL}=x`],
  ['connections', '--since', EVIL, '--tz', EVIL, '--ip', EVIL, '--limit', EVIL, '--status', EVIL],
  ['connections', '--api', EVIL],
  ['connections', '--api', `http://${EVIL}.invalid`],
  ['connection', EVIL],
  ['usage', EVIL, '--since', EVIL],
  ['who', '--ip', '10.0.0.1', '--at', EVIL],
  ['coverage', '--endpoint', EVIL],
  ['accesses', '--stack', EVIL],
  ['export', '--format', 'csv', '--out', file],
  ['export', '--format', EVIL, '--out', file],
  ['export', '--format', 'csv', '--out', join(folder, EVIL, 'x')],
  ['verify', file],
  ['verify', join(folder, EVIL)],
  ['verify', '--key', EVIL],
  ['verify', '--data', join(folder, EVIL)],
  ['record', '--data', join(folder, EVIL, EVIL), '--endpoints', EVIL],
  ['serve', '--simulate', join(folder, EVIL), '--data', folder],
  ['serve', '--every', EVIL],
  ['recover', '--archive', EVIL, '--data', join(file, EVIL)],
  ['rebuild', '--data', join(file, EVIL)],
  ['console', '--api', EVIL, '--port', EVIL],
  ['completion', EVIL],
])('control characters of the command line are escaped: %j', async (...words) => {
  const { terminal, out, err } = keptTerminal({ env: { CVPN_AUDIT_API: NOWHERE } });
  expect(await runProgram(words, terminal)).not.toBe(0);
  const said = out.text() + err.text();
  expect(said).not.toMatch(/[^\P{C}\n]|^Searched: complete/mu);
  expect(said).not.toBe('');
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tarBytes, tarOf } from '../../cli/tar.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'tar-'));
});
afterEach(() => rmSync(place, { recursive: true }));

it('is what tar unpacks to the same files, with long names and of any size', async () => {
  const folder = join(place, `connections-${'a'.repeat(60)}.csv.evidence`);
  const files: Record<string, string> = {
    empty: '',
    [`chunks/cvpn-endpoint-0aaaaaaaaaaaaaaaa/${'0'.repeat(64)}.gz`]: 'x'.repeat(511),
    'logs/one': 'x'.repeat(512),
    'logs/two': 'ö'.repeat(70_000),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const tar = Buffer.concat(await Array.fromAsync(tarOf(folder)));
  expect(tar).toHaveLength(tarBytes(folder));
  const unpacked = join(place, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['xf', '-'], { cwd: unpacked, input: tar });
  const top = join(unpacked, readdirSync(unpacked)[0] ?? '');
  expect(top.endsWith('.csv.evidence')).toBe(true);
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(top, name), 'utf8')).toBe(text);
});

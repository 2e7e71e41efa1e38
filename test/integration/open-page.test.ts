import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openPage } from '../../cli/open-page.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program of the name that opens addresses on Linux. */
function opener(script: string): NodeJS.ProcessEnv {
  const file = join(folder, 'xdg-open');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { PATH: `${folder}:/bin` };
}

const URL = "http://127.0.0.1:8792/t/k7-Zq0/'$(touch x)";

it('opens the address as it is, through no shell', async () => {
  const opened = join(folder, 'opened');
  const notice = vi.fn<(text: string) => void>();
  openPage(URL, { env: opener(`printf %s "$1" > '${opened}'`), notice });
  await vi.waitFor(() => expect(readFileSync(opened, 'utf8')).toBe(URL));
  expect(notice).not.toHaveBeenCalled();
});

it.each([
  ['there is nothing to open it with', () => ({ PATH: folder }), /^No browser was opened \(xdg-open: .*ENOENT/],
  [
    'what should open it fails',
    () => opener('exit 3'),
    /^No browser was opened \(xdg-open: ended with 3\)\. Open the page by its address/,
  ],
])('says so, and no more, where %s', async (_, env, words) => {
  const notice = vi.fn<(text: string) => void>();
  openPage(URL, { env: env(), notice });
  await vi.waitFor(() => expect(notice).toHaveBeenCalledWith(expect.stringMatching(words)));
});

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Starts a script of this folder beside the benchmark; it ends when its standard input does. */
export function start(script: string, args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, script);
  return spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/**
 * The next line that a process prints.
 *
 * @throws Error where it ends without one
 */
export async function lineOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the process has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`${child.spawnargs.slice(1).join(' ')} ended without a word of what it took`);
}

/** Serves the steady rows from a process of its own, as long as the work takes; `next` goes on to the second snapshot. */
export async function withPageServer<Result>(
  count: number,
  work: (server: { readonly url: string; readonly next: () => Promise<void> }) => Promise<Result>,
): Promise<Result> {
  const child = start('page-server.ts', [String(count)]);
  try {
    const url = `http://127.0.0.1:${await lineOf(child)}`;
    return await work({ url, next: async () => void (await fetch(`${url}/next`, { method: 'POST' })) });
  } finally {
    child.stdin?.end();
  }
}

/** Works in a folder of its own, which is removed. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

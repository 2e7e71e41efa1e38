import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder beside the benchmark; it ends when its standard input does. */
export function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The next line that a process prints. */
export async function lineOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the process has no output');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  lines.close();
  return line;
}

/** Serves the steady rows from a process of its own. */
export async function startPageServer(
  count: number,
): Promise<{ url: string; next: () => Promise<void>; close: () => void }> {
  const child = start('page-server.ts', [String(count)]);
  const url = `http://127.0.0.1:${await lineOf(child)}`;
  return {
    url,
    next: async () => void (await fetch(`${url}/next`, { method: 'POST' })),
    close: () => child.stdin?.end(),
  };
}

import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { toError } from '../lambda/trail/to-error.ts';
import type { Terminal } from './terminal.ts';

/** What opens an address in the user's browser: freedesktop.org's xdg-open, macOS's open, the shell of Windows. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens a page in the user's browser. Where that fails, a notice says so: the address has been printed. */
export function openPage(url: string, { env, notice }: Pick<Terminal, 'env' | 'notice'>): void {
  const [program = '', ...args] = OPENERS[platform()] ?? ['xdg-open'];
  const failed = (why: string) =>
    notice(`No browser was opened (${program}: ${why}). Open the page by its address, above.`);
  try {
    const child = spawn(program, [...args, url], { env, stdio: 'ignore', detached: true });
    child.once('error', (error) => failed(error.message));
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) failed(`ended with ${code}`);
    });
    child.unref();
  } catch (error) {
    failed(toError(error).message);
  }
}

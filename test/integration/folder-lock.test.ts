import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockBySocket, lockFolder } from '../../local/folder-lock.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'cvpn-audit-lock-'));
const MODULE = join(import.meta.dirname, '../../local/folder-lock.ts');

/** Another process that has the lock of a Node without SQLite. */
async function holderOf(folder: string) {
  const script = `const { lockBySocket } = await import(${JSON.stringify(MODULE)});
    console.log(typeof await lockBySocket(process.argv[1]));
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout.setEncoding('utf8'), 'data');
  expect(said).toBe('function\n');
  return {
    die: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('the lock of a data folder', () => {
  it.each([
    ['by a socket', lockBySocket],
    ['by SQLite', lockFolder],
  ])('%s is had by one at a time, and given back', async (_, lock) => {
    const folder = newFolder();
    const release = await lock(folder);
    expect(await lock(folder)).toBeUndefined();
    release?.();
    const again = await lock(folder);
    expect(again).toBeDefined();
    again?.();
  });

  it.each([
    ['without SQLite', lockBySocket],
    ['with SQLite', lockFolder],
  ])('is refused %s while another process has it by a socket, and had once that was killed', async (_, lock) => {
    const folder = newFolder();
    const holder = await holderOf(folder);
    expect(await lock(folder)).toBeUndefined();
    await holder.die();
    const release = await lock(folder);
    expect(release).toBeDefined();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock.socket.'))).toHaveLength(
      lock === lockBySocket ? 1 : 0,
    );
    release?.();
  });

  it('by sockets is never had by two that begin together', async () => {
    const folder = newFolder();
    const locks = await Promise.all(Array.from({ length: 8 }, () => lockBySocket(folder)));
    expect(locks.filter(Boolean).length).toBeLessThan(2);
    for (const release of locks) release?.();
  });

  it('says what to do where the path is too long for a socket', async () => {
    const folder = join(newFolder(), 'a'.repeat(100));
    mkdirSync(folder);
    await expect(lockBySocket(folder)).rejects.toThrow(
      /bytes; expected at most 103\. Name a folder with a shorter path, or use Node 22\.13 or newer\./,
    );
  });
});

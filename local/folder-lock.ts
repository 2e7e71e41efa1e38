import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, relative } from 'node:path';

const SQLITE = withoutWarnings(() => process.getBuiltinModule?.('node:sqlite'));

/** Node 20 has no SQLite, and Node 22 warns that it is an experiment, which tells people nothing that they could act on. */
function withoutWarnings<T>(load: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Whether {@link lockFolder} sees the locks of processes of every Node. */
export const SEES_ALL_LOCKS = SQLITE !== undefined;

/** Gives a lock back. */
type Release = () => void;

/**
 * Locks a folder for this process. The lock is one of the operating system (through SQLite, because Node has no call for it): it
 * ends with the process, even after a crash, so there are no stale locks.
 *
 * @returns nothing if another process has it
 */
export async function lockFolder(folder: string): Promise<Release | undefined> {
  if (SQLITE === undefined) return lockBySocket(folder);
  const lock = new SQLITE.DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    return undefined;
  }
  if (!(await isListenedTo(folder, ''))) return () => lock.close();
  lock.close();
  return undefined;
}

const SOCKET = 'lock.socket.';
/** What the address of a socket has room for on macOS; Linux has four more. Node cuts a longer one without a word. */
const MOST_PATH_BYTES = 103;

/**
 * The same by a socket in the folder, which refuses connections once its process has ended. Each process listens first and
 * then looks for others, so of two at the same time at least one is refused.
 */
export async function lockBySocket(folder: string): Promise<Release | undefined> {
  const name = `${SOCKET}${randomBytes(3).toString('hex')}`;
  const path = shorter(join(folder, name));
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) {
    throw new Error(
      `The data folder ${folder} has too long a path for Node ${process.versions.node}: ${path} has ${Buffer.byteLength(path)} bytes; ` +
        `expected at most ${MOST_PATH_BYTES}. Name a folder with a shorter path, or use Node 22.13 or newer.`,
    );
  }
  const server = createServer((socket) => socket.destroy()).unref();
  await once(server.listen(path), 'listening');
  if (!(await isListenedTo(folder, name))) return () => server.close();
  server.close();
  return undefined;
}

/** A path from here where that is shorter. */
function shorter(path: string): string {
  const fromHere = relative('', path);
  return fromHere.length < path.length ? fromHere : path;
}

/** Whether another process has a socket in the folder; sockets of processes that have ended are removed. */
async function isListenedTo(folder: string, own: string): Promise<boolean> {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(SOCKET) || name === own) continue;
    const path = join(folder, name);
    if (await accepts(shorter(path))) return true;
    rmSync(path, { force: true });
  }
  return false;
}

/** Any other failure is of somebody who is there: busy, or about to give it back. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOENT']);

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(!NOBODY.has(error.code ?? '')));
  });
}

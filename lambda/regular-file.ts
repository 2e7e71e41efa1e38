import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';

/** There is something else under the name of a file: a folder, a device, a loop of links, or a file that is too large. */
export class NoRegularFile extends Error {
  override readonly name = 'NoRegularFile';
}

/**
 * The bytes of a regular file. It never waits, as opening a FIFO does, and never reads on without end, as from a device.
 *
 * @param most bytes that it may have
 * @throws NoRegularFile, and errors of the file system: ENOENT if there is nothing
 */
export function readRegularFile(path: string, most: number): Buffer {
  const file = asRegular(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    const stats = fstatSync(file);
    checkKind(path, stats);
    if (stats.size > most) throw new NoRegularFile(`${path} has ${stats.size} bytes; expected ${most} at most`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a file that somebody named on a command line, also of a pipe.
 *
 * @param most bytes that it may have: no more are read
 * @throws NoRegularFile if it is a folder, or has more; and errors of the file system
 */
export function readUpTo(path: string, most: number): Buffer {
  const file = asRegular(path, () => openSync(path, 'r'));
  try {
    if (fstatSync(file).isDirectory()) throw new NoRegularFile(`${path} is a folder; expected a file`);
    const parts: Buffer[] = [];
    for (let bytes = 0; bytes <= most; ) {
      const part = Buffer.alloc(PART_BYTES);
      const read = readSync(file, part);
      if (read === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, read));
      bytes += read;
    }
    throw new NoRegularFile(`${path} has more than ${most} bytes, which is too much`);
  } finally {
    closeSync(file);
  }
}

const PART_BYTES = 64 * 1024;

/**
 * Checks that a path leads to a regular file, before it is read as a stream.
 *
 * @returns its bytes
 * @throws NoRegularFile, and errors of the file system: ENOENT if there is nothing
 */
export function checkRegularFile(path: string): number {
  const stats = asRegular(path, () => statSync(path));
  checkKind(path, stats);
  return stats.size;
}

function checkKind(path: string, stats: Stats): void {
  if (!stats.isFile()) throw new NoRegularFile(`${path} is ${kindOf(stats)}; expected a file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  return stats.isFIFO() ? 'a FIFO' : stats.isSocket() ? 'a socket' : 'a device';
}

/** A socket or a device without a driver cannot even be opened. */
function asRegular<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw new NoRegularFile(`${path} is a link that leads to itself; expected a file`);
    if (code === 'ENXIO' || code === 'ENODEV')
      throw new NoRegularFile(`${path} is a socket or a device; expected a file`);
    throw error;
  }
}

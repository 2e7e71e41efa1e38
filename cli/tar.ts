import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, join, posix, relative, sep } from 'node:path';

/** A tar archive is of blocks, and ends with two that are empty (POSIX.1-2017, pax, "ustar Interchange Format"). */
const BLOCK = 512;
const END = 2 * BLOCK;
const MOST_NAME = 100;

interface Packed {
  readonly path: string;
  /** As the archive has it: below the folder's own name. */
  readonly name: string;
  readonly bytes: number;
}

function filesIn(folder: string): Packed[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return paths.map((path) => ({
    path,
    name: posix.join(basename(folder), ...relative(folder, path).split(sep)),
    bytes: statSync(path).size,
  }));
}

const padding = (bytes: number): number => (BLOCK - (bytes % BLOCK)) % BLOCK;

/** How large {@link tarOf} a folder is. */
export function tarBytes(folder: string): number {
  return filesIn(folder).reduce((sum, { bytes }) => sum + BLOCK + bytes + padding(bytes), END);
}

/** A folder and all files below it as one tar archive, piece by piece. */
export async function* tarOf(folder: string): AsyncGenerator<Buffer> {
  for (const { path, name, bytes } of filesIn(folder)) {
    yield headOf(name, bytes);
    yield* createReadStream(path) as AsyncIterable<Buffer>;
    yield Buffer.alloc(padding(bytes));
  }
  yield Buffer.alloc(END);
}

/** The head of a file that only its owner may read, of no time: what is in it says when it was recorded. */
function headOf(name: string, bytes: number): Buffer {
  const head = Buffer.alloc(BLOCK);
  // A long name is cut at a slash: what comes before it has a place of its own.
  const cut = name.length <= MOST_NAME ? -1 : name.indexOf('/', name.length - MOST_NAME - 1);
  head.write(name.slice(cut + 1), 0, MOST_NAME);
  head.write('0000600\0', 100);
  head.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  head.write('00000000000\0', 136);
  head.write('        0', 148);
  head.write('ustar\x0000', 257);
  if (cut !== -1) head.write(name.slice(0, cut), 345, 155);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

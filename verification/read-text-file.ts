import { readUpTo } from '../lambda/regular-file.ts';
import { LARGEST_OBJECT_BYTES } from '../lambda/trail/archive.ts';

/** Encodings by byte order mark, in hexadecimal. */
const MARKS = { fffe: 'utf-16le', feff: 'utf-16be' } as const;

/** Bytes that a text file of each kind may have: many times what one of this product has. */
const LARGEST_BYTES = {
  key: 64 * 1024,
  checkpoints: LARGEST_OBJECT_BYTES,
  people: LARGEST_OBJECT_BYTES,
  /** What Node holds as one text. */
  'saved-answer': 512 * 1024 ** 2 - 24,
} as const;

/**
 * Reads a text file that a user named: UTF-8, or the encoding of its byte order mark, which is removed. Windows PowerShell's `>` writes
 * UTF-16. It may be a pipe.
 *
 * @throws TypeError if it is not such a text; NoRegularFile if it is a folder, or too large; and errors of the file system
 */
export function readTextFile(file: string, kind: keyof typeof LARGEST_BYTES): string {
  return toText(readUpTo(file, LARGEST_BYTES[kind]));
}

/**
 * The text of a file's bytes; see {@link readTextFile}.
 *
 * @throws TypeError if they are no such text
 */
export function toText(bytes: Buffer): string {
  const encoding = MARKS[bytes.toString('hex', 0, 2) as keyof typeof MARKS] ?? 'utf-8';
  const text = decode(bytes, encoding);
  // UTF-16 of English text without its byte order mark is valid UTF-8.
  if (text !== undefined && !text.includes('\0')) return text;
  throw new TypeError('it is no text in UTF-8, nor in UTF-16 with a byte order mark; save it as UTF-8');
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

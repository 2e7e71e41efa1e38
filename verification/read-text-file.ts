import { readFileSync } from 'node:fs';

/** Encodings by the byte order mark that a file begins with, in hexadecimal. */
const MARKS = { fffe: 'utf-16le', feff: 'utf-16be' } as const;

/**
 * Reads a text that somebody hands over, made with tools of their own: UTF-8, or what its byte order mark says, which is left out.
 * Windows PowerShell's `>` writes UTF-16.
 *
 * @throws TypeError where it is no such text; and as the file system does
 */
export function readTextFile(file: string): string {
  const bytes = readFileSync(file);
  const encoding = MARKS[bytes.toString('hex', 0, 2) as keyof typeof MARKS] ?? 'utf-8';
  const text = decode(bytes, encoding);
  // UTF-16 without its mark is valid UTF-8 as long as it is English.
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

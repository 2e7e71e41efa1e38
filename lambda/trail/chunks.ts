import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { inOrder } from './in-order.ts';
import type { Chunk, ChunkReference, StoredRow } from './snapshot.ts';

/** A chunk is one DynamoDB item (400 KB at most); this leaves room for the keys. */
export const LARGEST_CHUNK_BYTES = 350_000;
/** Rows per chunk: about 280 KB at 47 bytes per compressed row. */
const ROWS_A_CHUNK = 6000;
const CHARACTERS_A_CHUNK = 3_000_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * Packs sorted rows into chunks, in order. A few are compressed at a time, each on a thread of its own.
 *
 * @throws RangeError for a single row that exceeds the chunk size
 */
export async function* packChunks(rows: readonly StoredRow[]): AsyncGenerator<Chunk> {
  for await (const packed of inOrder(loadsOf(rows), PACKED_AT_ONCE, packFitting)) yield* packed;
}

/** Lambda provides one or two processors; more concurrent compression would only take memory. */
const PACKED_AT_ONCE = 3;

function* loadsOf(rows: readonly StoredRow[]): Generator<readonly StoredRow[]> {
  for (let start = 0; start < rows.length; ) {
    let end = start;
    for (
      let characters = 0;
      end < rows.length && end - start < ROWS_A_CHUNK && characters < CHARACTERS_A_CHUNK;
      end++
    ) {
      characters += rows[end]?.line.length ?? 0;
    }
    yield rows.slice(start, end);
    start = end;
  }
}

async function packFitting(rows: readonly StoredRow[]): Promise<Chunk[]> {
  const lines = Buffer.from(rows.map((row) => `${row.line}\n`).join(''));
  const bytes = await compress(lines);
  if (bytes.length < LARGEST_CHUNK_BYTES) {
    return [{ sha256: sha256(lines), first: rows[0]?.id ?? '', rows: rows.length, bytes }];
  }
  if (rows.length === 1)
    throw new RangeError(`one row is larger than a chunk may be: ${bytes.length} bytes compressed`);
  const middle = Math.ceil(rows.length / 2);
  return [...(await packFitting(rows.slice(0, middle))), ...(await packFitting(rows.slice(middle)))];
}

/**
 * The lines of a stored chunk.
 *
 * @throws Error if the bytes do not match the reference's hash
 */
export async function unpackChunk(reference: ChunkReference, bytes: Uint8Array): Promise<string[]> {
  const lines = await decompress(bytes);
  const found = sha256(lines);
  if (found !== reference.sha256)
    throw new Error(`chunk ${reference.sha256} holds other bytes: their SHA-256 is ${found}`);
  const all = lines.toString('utf8').split('\n');
  all.pop();
  return all;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of lines as a chunk would hold them, hexadecimal. */
export function hashLines(lines: readonly string[]): string {
  return sha256(Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

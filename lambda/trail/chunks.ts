import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync, type ZlibOptions } from 'node:zlib';
import { inOrder } from './in-order.ts';
import { Unreadable } from './judged.ts';
import { type Chunk, type ChunkReference, LARGEST_PART_BYTES, type StoredRow } from './snapshot.ts';

/** A chunk is one DynamoDB item (400 KB at most); this leaves room for the keys. */
export const LARGEST_CHUNK_BYTES = 350_000;
/** Rows per chunk: about 280 KB at 47 bytes per compressed row. */
const ROWS_A_CHUNK = 6000;
const CHARACTERS_A_CHUNK = 3_000_000;

/** A row's line, in bytes: much more than AWS's limits allow. The recorder refuses an answer with a larger one (ADR 37). */
export const LARGEST_ROW_BYTES = 4 * 1024 ** 2;
/**
 * What a chunk unpacks to, in bytes, at most: its rows have fewer than {@link CHARACTERS_A_CHUNK} characters before the last one. One that
 * unpacks to more is not unpacked further (`docs/data.md`).
 */
export const LARGEST_UNPACKED_BYTES = 16 * 1024 ** 2;
/** The lines of a snapshot have at most so many UTF-16 code units together: several times what AWS can list. The recorder refuses more. */
export const LARGEST_SNAPSHOT = 2 ** 29;

/** So many bytes, or fewer, are packed and unpacked on the spot: of a chunk of some rows the way to another thread takes eight times as long. */
const SMALL_BYTES = 16_384;
const UNPACKING: ZlibOptions = { maxOutputLength: LARGEST_UNPACKED_BYTES };
const compressElsewhere = promisify(gzip);
const unpackElsewhere = promisify(gunzip) as (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer>;
const compress = async (lines: Uint8Array) => (lines.length > SMALL_BYTES ? compressElsewhere(lines) : gzipSync(lines));
const decompress = async (bytes: Uint8Array) =>
  bytes.length > SMALL_BYTES ? unpackElsewhere(bytes, UNPACKING) : gunzipSync(bytes, UNPACKING);

/**
 * Packs sorted rows into chunks, in order. A few are compressed at a time, large ones each on a thread of its own. A single row that exceeds
 * the size of a chunk is a chunk in parts.
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
  if (rows.length === 1) return [await packInParts(lines, rows[0]?.id ?? '')];
  const middle = Math.ceil(rows.length / 2);
  return [...(await packFitting(rows.slice(0, middle))), ...(await packFitting(rows.slice(middle)))];
}

async function packInParts(lines: Buffer, first: string): Promise<Chunk> {
  const cuts = Array.from({ length: Math.ceil(lines.length / LARGEST_PART_BYTES) }, (_, index) =>
    lines.subarray(index * LARGEST_PART_BYTES, (index + 1) * LARGEST_PART_BYTES),
  );
  const parts = cuts.map((part) => ({ sha256: sha256(part), bytes: part.length }));
  const bytes = Buffer.concat(await Promise.all(cuts.map((part) => compress(part))));
  return { sha256: sha256(lines), first, rows: 1, parts, bytes };
}

/** The items of a chunk: it by itself, or its parts, each with the hash of what it holds. One that somebody packed worse is packed again. */
export async function splitChunk({ sha256, parts, bytes }: Chunk): Promise<{ sha256: string; bytes: Uint8Array }[]> {
  if (!parts && bytes.length < LARGEST_CHUNK_BYTES) return [{ sha256, bytes }];
  const lines = await decompress(bytes);
  if (!parts) return [{ sha256, bytes: await compress(lines) }];
  const cuts = parts.map((part, index) => {
    const start = parts.slice(0, index).reduce((sum, before) => sum + before.bytes, 0);
    return { sha256: part.sha256, lines: lines.subarray(start, start + part.bytes) };
  });
  return Promise.all(cuts.map(async (cut) => ({ sha256: cut.sha256, bytes: await compress(cut.lines) })));
}

/** A chunk's bytes from those of its items, in order; undefined if one is missing. gunzip reads parts one after the other as one. */
export function joinParts(parts: readonly unknown[]): Uint8Array | undefined {
  const found = parts.filter((part) => part instanceof Uint8Array);
  if (found.length < parts.length) return undefined;
  return found.length === 1 ? found[0] : Buffer.concat(found);
}

/**
 * The lines of a stored chunk.
 *
 * @throws Unreadable if the bytes do not match the reference's hash, or are no gzip of {@link LARGEST_UNPACKED_BYTES} and
 * {@link ROWS_A_CHUNK} lines at most
 */
export async function unpackChunk(reference: Pick<ChunkReference, 'sha256'>, bytes: Uint8Array): Promise<string[]> {
  const lines = await decompress(bytes).catch((cause: unknown) => {
    throw new Unreadable(`The chunk ${reference.sha256} cannot be unpacked: ${String(cause)}.`, undefined, { cause });
  });
  const found = sha256(lines);
  if (found !== reference.sha256)
    throw new Unreadable(`The chunk ${reference.sha256} holds other bytes: their SHA-256 is ${found}.`);
  const all = lines.toString('utf8').split('\n', ROWS_A_CHUNK + 2);
  if (all.length > ROWS_A_CHUNK + 1)
    throw new Unreadable(`The chunk ${reference.sha256} has more than ${ROWS_A_CHUNK} lines.`);
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

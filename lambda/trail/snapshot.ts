import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';
import type { Elements } from './element.ts';
import { inOrder } from './in-order.ts';
import type { Instant } from './time.ts';

/** The format version of the manifests and chunks that this code writes. */
export const FORMAT_VERSION = 1;

/** A stored row: one line of JSON, with AWS's element names and order. */
export interface StoredRow {
  /** The ConnectionId; empty where the row has none that can be read. */
  readonly id: string;
  readonly line: string;
}

/** Where a part of a snapshot's rows is stored. */
export interface ChunkReference {
  /** SHA-256 of the chunk's lines before compression, hexadecimal: the chunk's address. */
  readonly sha256: string;
  /** ConnectionId of the first row. */
  readonly first: string;
  readonly rows: number;
}

/** A chunk with its bytes (ADR 8). */
export interface Chunk extends ChunkReference {
  /** gzip of newline-delimited JSON, under {@link LARGEST_CHUNK_BYTES}. */
  readonly bytes: Uint8Array;
}

/**
 * One entry of an endpoint's log. `snapshot`: everything AWS listed. `closed`: no more entries are expected, because
 * the endpoint was deleted or is no longer configured. Contains no personal data.
 */
export interface Manifest {
  readonly kind: 'snapshot' | 'closed';
  readonly closedBecause?: 'endpoint-deleted' | 'not-configured';
  readonly accountId: string;
  readonly region: string;
  readonly endpointId: string;
  /** Place in the log, from 0. */
  readonly entry: number;
  /** The scheduled moment. */
  readonly slot: Instant;
  readonly previousSlot?: Instant;
  /** AWS's time at the first request, and at the last answer. */
  readonly s: Instant;
  readonly f: Instant;
  /** `s` of the last snapshot before this one that is a proof: coverage continues from there. */
  readonly previousS?: Instant;
  readonly epsilonSeconds: number;
  readonly pages: number;
  readonly requestIds: readonly string[];
  readonly rows: number;
  readonly connections: number;
  /** Rows without a readable ConnectionId: if there are any, the snapshot is not a proof. */
  readonly unidentified?: number;
  /** Rows with an element that could not be read: how many, and SHA-256 of their lines. */
  readonly unparsed?: { readonly count: number; readonly sha256: string };
  readonly chunks: readonly ChunkReference[];
  /** When the chunks expire, seconds since 1970; absent where they are kept for ever. */
  readonly chunksExpireAt?: number;
  readonly versions: { readonly format: number; readonly recorder: string };
}

/** Whether the snapshot's chunks have expired under the trail's retention; until then a missing chunk is missed. */
export function hasExpired({ chunksExpireAt }: Pick<Manifest, 'chunksExpireAt'>, now: Date): boolean {
  return chunksExpireAt !== undefined && chunksExpireAt * 1000 <= now.getTime();
}

/** A chunk is one DynamoDB item (400 KB at most); this leaves room for the keys. */
export const LARGEST_CHUNK_BYTES = 350_000;
/** Rows per chunk: about 280 KB at 47 bytes per compressed row. */
const ROWS_A_CHUNK = 6000;
const CHARACTERS_A_CHUNK = 3_000_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** The bytes that are the leaf's data in the log's Merkle tree: the manifest as canonical JSON. */
export function manifestText(manifest: Manifest): string {
  return canonicalJson(manifest as unknown as CanonicalValue);
}

/** The manifest of a leaf's data. */
export function parseManifest(text: string): Manifest {
  return JSON.parse(text) as Manifest;
}

/** Sorts rows by ConnectionId, then by their bytes: the order in which they are stored. */
export function sortRows(rows: StoredRow[]): StoredRow[] {
  return rows.sort((a, b) => compareTexts(a.id, b.id) || compareTexts(a.line, b.line));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

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

/** The elements of a stored line. */
export function parseLine(line: string): Elements {
  return JSON.parse(line) as Elements;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of lines as a chunk would hold them, hexadecimal. */
export function hashLines(lines: readonly string[]): string {
  return sha256(Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

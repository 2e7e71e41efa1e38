import { parseObject } from './bounded-json.ts';
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';
import type { CaptureTimes } from './coverage.ts';
import type { Elements } from './element.ts';
import {
  isCount,
  isFlag,
  isInstant,
  isListOf,
  isObjectOf,
  isOneOf,
  isSeconds,
  isText,
  type Judges,
  judge,
  optional,
} from './judged.ts';
import { DAY_SECONDS, type Instant } from './time.ts';

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
  /** The parts of a row that is larger than an item, in order (ADR 32). */
  readonly parts?: readonly ChunkPart[];
}

/** Bytes of a part before compression, which makes random bytes a little longer. */
export const LARGEST_PART_BYTES = 300_000;

/** A part of a chunk's lines, stored as an item of its own under its hash. */
export interface ChunkPart {
  /** SHA-256 of its bytes before compression, hexadecimal. */
  readonly sha256: string;
  /** Their number. */
  readonly bytes: number;
}

/** The hashes of the items that hold a chunk: its own, or those of its parts. */
export function itemHashes({ sha256, parts }: Pick<ChunkReference, 'sha256' | 'parts'>): readonly string[] {
  return parts?.map((part) => part.sha256) ?? [sha256];
}

/** A chunk with its bytes (ADR 8). */
export interface Chunk extends ChunkReference {
  /** gzip of newline-delimited JSON, under 350,000 bytes; of a chunk in parts, the gzip of each, one after the other. */
  readonly bytes: Uint8Array;
}

/**
 * One entry of an endpoint's log. `snapshot`: everything AWS listed. `closed`: no more entries are expected, because
 * the endpoint was deleted or is no longer configured. Contains no personal data.
 */
export interface Manifest extends CaptureTimes {
  readonly kind: 'snapshot' | 'closed';
  readonly closedBecause?: 'endpoint-deleted' | 'not-configured';
  readonly accountId: string;
  readonly region: string;
  readonly endpointId: string;
  /** Place in the log, from 0. */
  readonly entry: number;
  /** The scheduled moment: later than any before it. */
  readonly slot: Instant;
  /** The scheduled moment, if that is not the slot: the log's last slot was ahead of AWS's time (ADR 31). */
  readonly scheduledSlot?: Instant;
  readonly previousSlot?: Instant;
  /** `s` and `ownS` of the last snapshot before this one that is a proof: coverage continues from there. */
  readonly previousS?: Instant;
  readonly previousOwnS?: Instant | undefined;
  readonly epsilonSeconds: number;
  readonly pages: number;
  /** AWS's ids of the requests; of more than 200 the first and the last hundred. */
  readonly requestIds: readonly string[];
  /** Those that are left out: how many, and SHA-256 of them, each terminated by a line feed. */
  readonly requestIdsLeftOut?: { readonly count: number; readonly sha256: string };
  readonly rows: number;
  readonly connections: number;
  /** Rows without a readable ConnectionId: if there are any, the snapshot is not a proof. */
  readonly unidentified?: number;
  /** AWS's clock and the machine's do not agree as they did before: then the snapshot is not a proof (ADR 31). */
  readonly clocksDiffer?: true;
  /** Rows with an element that could not be read: how many, and SHA-256 of their lines. */
  readonly unparsed?: { readonly count: number; readonly sha256: string };
  /** The reasons of the gap that ends with this entry, if one does; absent from entries of early versions (ADR 37). */
  readonly gapReasons?: readonly string[];
  readonly chunks: readonly ChunkReference[];
  /** When the chunks expire, seconds since 1970; absent where they are kept for ever. */
  readonly chunksExpireAt?: number;
  readonly versions: { readonly format: number; readonly recorder: string };
}

/** Whether the snapshot's chunks have expired under the trail's retention; until then a missing chunk is missed. */
export function hasExpired({ chunksExpireAt }: Pick<Manifest, 'chunksExpireAt'>, now: Date): boolean {
  return chunksExpireAt !== undefined && chunksExpireAt * 1000 <= now.getTime();
}

/** The bytes that are the leaf's data in the log's Merkle tree: the manifest as canonical JSON. */
export function manifestText(manifest: Manifest): string {
  return canonicalJson(manifest as unknown as CanonicalValue);
}

const isHex = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(value);

/** What a manifest's members hold. Who reads a log believes no other manifest, signed or not. */
const MANIFEST_JUDGES: Judges<Manifest> = {
  kind: isOneOf('snapshot', 'closed'),
  closedBecause: optional(isOneOf('endpoint-deleted', 'not-configured')),
  accountId: isText,
  region: isText,
  endpointId: isText,
  entry: isCount,
  slot: isInstant,
  scheduledSlot: optional(isInstant),
  previousSlot: optional(isInstant),
  s: isInstant,
  f: isInstant,
  ownS: optional(isInstant),
  ownF: optional(isInstant),
  previousS: optional(isInstant),
  previousOwnS: optional(isInstant),
  epsilonSeconds: (value) => isCount(value) && value <= DAY_SECONDS,
  pages: isCount,
  requestIds: isListOf(isText),
  requestIdsLeftOut: optional(isObjectOf({ count: isCount, sha256: isHex })),
  rows: isCount,
  connections: isCount,
  unidentified: optional(isCount),
  clocksDiffer: optional(isFlag),
  unparsed: optional(isObjectOf({ count: isCount, sha256: isHex })),
  gapReasons: optional(isListOf(isText)),
  chunks: isListOf(
    isObjectOf({
      sha256: isHex,
      first: isText,
      rows: isCount,
      parts: optional(
        isListOf(isObjectOf({ sha256: isHex, bytes: (value) => isCount(value) && value <= LARGEST_PART_BYTES })),
      ),
    }),
  ),
  chunksExpireAt: optional(isSeconds),
  versions: isObjectOf({ format: isCount, recorder: isText }),
};

/**
 * The manifest of a leaf's data.
 *
 * @param what names it, to begin a sentence
 * @throws Unreadable for what is no manifest
 */
export function parseManifest(text: string, what = 'A manifest'): Manifest {
  const manifest = parseObject(text, what);
  judge(what, manifest, MANIFEST_JUDGES);
  return manifest as unknown as Manifest;
}

/** Sorts rows by ConnectionId, then by their bytes: the order in which they are stored. */
export function sortRows(rows: StoredRow[]): StoredRow[] {
  return rows.sort((a, b) => compareTexts(a.id, b.id) || compareTexts(a.line, b.line));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * The elements of a stored line.
 *
 * @throws Unreadable for a line that is no row
 */
export function parseLine(line: string): Elements {
  return parseObject(line, 'A row') as unknown as Elements;
}

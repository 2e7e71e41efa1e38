import { createHash } from 'node:crypto';
import { parseObject } from './bounded-json.ts';
import { isInstant, isListOf, isText, judge } from './judged.ts';
import type { GapNote } from './ports.ts';
import type { Instant } from './time.ts';

/**
 * A second copy of the evidence, out of reach of the tables' administrators. Each object is written once.
 * `docs/data.md` describes the objects.
 */
export interface Archive {
  /**
   * Stores an object, unless the name exists already.
   *
   * @returns false, with nothing done, if the name existed
   */
  putOnce(key: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * An object's bytes; undefined if there is none.
   *
   * @param most bytes that it may have; by default {@link mostBytesOf} its name
   * @throws ObjectUnreadable if something else is under its name, or more bytes
   * @throws ObjectWithheld if it is absent or may not be read, and the archive does not say which
   */
  get(key: string, most?: number): Promise<Uint8Array | undefined>;
  /** The names of the objects that begin with a prefix, in the order of their UTF-8 bytes. */
  list(prefix: string): AsyncIterable<string>;
}

/** More than any object but a daily export has. */
export const LARGEST_OBJECT_BYTES = 16 * 1024 ** 2;

/** Something is under the name of an object, and is none that the recorder can have written. */
export class ObjectUnreadable extends Error {
  override readonly name = 'ObjectUnreadable';
}

/**
 * The object is absent or may not be read. S3 answers 403 for both, not 404, to callers who may not list the
 * bucket (S3 API reference, GetObject, "Permissions"). The functions that write the archive may not list it.
 */
export class ObjectWithheld extends Error {
  override readonly name = 'ObjectWithheld';
}

/** Digits of an entry's number in a name, so that names sort as numbers. At one entry per minute enough for 19,000 years. */
const DIGITS = 10;

/** An entry's number in a name. */
export const tenDigits = (value: number): string => String(value).padStart(DIGITS, '0');

/**
 * A gap as the archive has it.
 *
 * @throws Unreadable for what is none
 */
export function parseGap(bytes: Uint8Array, key: string): GapNote {
  const gap = parseObject(Buffer.from(bytes).toString(), key);
  judge(key, gap, { start: isInstant, end: isInstant, reasons: isListOf(isText) });
  return gap as unknown as GapNote;
}

/** The folders of the archive: each object's name begins with one of them. */
export const KEYS = 'keys/';
export const MANIFESTS = 'manifests/';
export const CHUNKS = 'chunks/';
export const GAPS = 'gaps/';
export const CHECKPOINTS = 'checkpoints/';
export const EXPORTS = 'exports/';

/** The folders that the recorder writes; the export function writes {@link EXPORTS}. */
export const RECORDED: readonly string[] = [KEYS, MANIFESTS, CHUNKS, GAPS, CHECKPOINTS];

/** Folders with personal data, which expire with the retention. Manifests and checkpoints have none and stay. */
export const EXPIRING: readonly string[] = [CHUNKS, EXPORTS];

/**
 * Bytes of an object in each folder, many of which are read at once (ADR 37). A manifest is an item of DynamoDB too, which has 400 KB; a
 * checkpoint may have signatures of others.
 */
const LARGEST_IN_FOLDER: Readonly<Record<string, number>> = {
  [KEYS]: 64 * 1024,
  [MANIFESTS]: 400 * 1024,
  [CHUNKS]: 5 * 1024 ** 2,
  [GAPS]: 64 * 1024,
  [CHECKPOINTS]: 64 * 1024,
};

/** Bytes that an object of this name may have. Of a daily export its manifest tells. */
export const mostBytesOf = (key: string): number =>
  LARGEST_IN_FOLDER[key.slice(0, key.indexOf('/') + 1)] ?? LARGEST_OBJECT_BYTES;

/** The folders of an endpoint's log. Endpoint ids are unique, so that several accounts may share an archive. */
export const manifestsOf = (endpointId: string): string => `${MANIFESTS}${endpointId}/`;
export const chunksOf = (endpointId: string): string => `${CHUNKS}${endpointId}/`;
export const archivedGapsOf = (endpointId: string): string => `${GAPS}${endpointId}/`;
export const checkpointsOf = (endpointId: string): string => `${CHECKPOINTS}${endpointId}/`;

/** The canonical manifest of an entry. */
export const manifestObject = (endpointId: string, entry: number): string =>
  `${manifestsOf(endpointId)}${tenDigits(entry)}.json`;

/**
 * A chunk of a snapshot, under the day of its slot. The name shows when it expires, even if the same rows occur again later.
 */
export const chunkObject = (endpointId: string, slot: Instant, sha256: string): string =>
  `${chunksOf(endpointId)}${slot.slice(0, 10)}/${sha256}.ndjson.gz`;

/** A gap, with its reasons. */
export const gapObject = (endpointId: string, start: Instant): string => `${archivedGapsOf(endpointId)}${start}.json`;

/** The signed checkpoint of a size. */
export const checkpointObject = (endpointId: string, size: number): string =>
  `${checkpointsOf(endpointId)}${tenDigits(size)}`;

/** What a public key is called: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes. */
export const fingerprintOf = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

/** A public key, as PEM. */
export const keyObject = (publicKey: Uint8Array): string => `${KEYS}${fingerprintOf(publicKey)}.pem`;

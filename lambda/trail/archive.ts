import { createHash } from 'node:crypto';
import type { Instant } from './time.ts';

/**
 * Where the evidence is kept once more, out of the reach of whoever administers the tables: objects that are written once.
 * `docs/data.md` describes them.
 */
export interface Archive {
  /**
   * Stores an object, unless there is one of this name already.
   *
   * @returns false, with nothing done, where there was one
   */
  putOnce(key: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * An object's bytes; undefined where there is none.
   *
   * @throws ObjectWithheld where there is none, or it may not be read, and the archive does not say which
   */
  get(key: string): Promise<Uint8Array | undefined>;
  /** The names of the objects that begin with a prefix, in the order of their UTF-8 bytes. */
  list(prefix: string): AsyncIterable<string>;
}

/**
 * No object is given under this name, and whether there is one is not said. S3 answers so (403, not 404) to callers who may not list the
 * bucket (S3 API reference, GetObject, "Permissions"): the functions that write the archive may not.
 */
export class ObjectWithheld extends Error {
  override readonly name = 'ObjectWithheld';
}

/** Digits of an entry's number in a name: names then sort as numbers do. At one entry a minute enough for 19,000 years. */
const DIGITS = 10;

const number = (value: number): string => String(value).padStart(DIGITS, '0');

/** The folders of the archive, of which each object's name begins with one. */
export const KEYS = 'keys/';
export const MANIFESTS = 'manifests/';
export const CHUNKS = 'chunks/';
export const GAPS = 'gaps/';
export const CHECKPOINTS = 'checkpoints/';
export const EXPORTS = 'exports/';

/** What the recorder adds to; {@link EXPORTS} is the export function's. */
export const RECORDED: readonly string[] = [KEYS, MANIFESTS, CHUNKS, GAPS, CHECKPOINTS];

/** What holds who was connected, and so expires with the retention; manifests and checkpoints hold nothing personal and stay. */
export const EXPIRING: readonly string[] = [CHUNKS, EXPORTS];

/** The folders of an endpoint's log. Endpoint ids are unique, so that several accounts may share an archive. */
export const manifestsOf = (endpointId: string): string => `${MANIFESTS}${endpointId}/`;
export const chunksOf = (endpointId: string): string => `${CHUNKS}${endpointId}/`;
export const archivedGapsOf = (endpointId: string): string => `${GAPS}${endpointId}/`;
export const checkpointsOf = (endpointId: string): string => `${CHECKPOINTS}${endpointId}/`;

/** The canonical manifest of an entry. */
export const manifestObject = (endpointId: string, entry: number): string =>
  `${manifestsOf(endpointId)}${number(entry)}.json`;

/**
 * A chunk of a snapshot, under the day of its slot: what expires with a retention is then told from its name, whenever the same
 * rows come again.
 */
export const chunkObject = (endpointId: string, slot: Instant, sha256: string): string =>
  `${chunksOf(endpointId)}${slot.slice(0, 10)}/${sha256}.ndjson.gz`;

/** A gap, with its reasons. */
export const gapObject = (endpointId: string, start: Instant): string => `${archivedGapsOf(endpointId)}${start}.json`;

/** The signed checkpoint of a size. */
export const checkpointObject = (endpointId: string, size: number): string =>
  `${checkpointsOf(endpointId)}${number(size)}`;

/** A public key, as PEM; named by the first 16 hexadecimal digits of the SHA-256 of its 32 bytes. */
export const keyObject = (publicKey: Uint8Array): string =>
  `${KEYS}${createHash('sha256').update(publicKey).digest('hex').slice(0, 16)}.pem`;

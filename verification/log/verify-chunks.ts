import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { type Archive, chunkObject } from '../../lambda/trail/archive.ts';
import { joinParts, LARGEST_SNAPSHOT, unpackChunk } from '../../lambda/trail/chunks.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import { isSeconds, Unreadable } from '../../lambda/trail/judged.ts';
import {
  type ChunkReference,
  hasExpired,
  itemHashes,
  type Manifest,
  type StoredRow,
} from '../../lambda/trail/snapshot.ts';
import { toStoredRow } from '../../lambda/trail/snapshot-reader.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import type { Fault, Findings } from '../findings.ts';
import { CHUNK_ATTRIBUTES, foreignAttributes, whenOf } from './foreign-attributes.ts';

/** Where chunks are; either may be absent. */
export interface ChunkSources {
  readonly store: Pick<StoredEvidence, 'readChunks'> | undefined;
  readonly archive: Archive | undefined;
  readonly now: () => Date;
}

/** The outcome of verifying chunks. */
export interface ChunkCounts {
  verified: number;
  expired: number;
}

/** The rows of a snapshot if all chunks match the manifest; undefined if some have expired or are lost. */
type SnapshotContent = readonly StoredRow[] | undefined;

/** An entry of a log as it was read, in log order; its content is undefined where it has expired or is lost. */
export interface ReadEntry {
  readonly manifest: Manifest;
  readonly content: SnapshotContent;
}

/** Chunks of a snapshot that are read together. */
export const CHUNKS_AT_ONCE = 16;
/** Such groups under way: one is read while the one before it is verified. */
const GROUPS_UNDER_WAY = 2;

/**
 * Verifies the chunks of a snapshot, in the store and in the archive: each must match its hash. A chunk that is missing before
 * its expiry was removed; after it, it has expired.
 *
 * @param most UTF-16 code units of all its lines: what has more is not read to its end
 */
export async function verifyChunks(
  sources: ChunkSources,
  manifest: Manifest,
  findings: Findings,
  counts: ChunkCounts,
  most = LARGEST_SNAPSHOT,
): Promise<SnapshotContent> {
  const { store, archive } = sources;
  const all: StoredRow[] = [];
  let isWhole = true;
  let left = most;
  const read = (some: readonly ChunkReference[]) => readChunks(sources, manifest, some);
  for await (const { reference, stored, archived } of flat(
    inOrder(groupsOf(manifest.chunks), GROUPS_UNDER_WAY, read),
  )) {
    const chunk = new ChunkCheck(sources, manifest, reference, findings);
    const found = itemHashes(reference).map((sha256) => stored.get(sha256));
    const rows = joinParts(found.map((item) => item?.rows));
    const bytes = archived.get(reference.sha256);
    const areParts = !store || (await chunk.checkParts(found));
    let lines = store && areParts ? await chunk.check('store', rows) : undefined;
    if (store) for (const item of found) chunk.checkAttributes(item);
    // The recorder puts the same bytes into both: they need not be unpacked twice.
    const isSame = lines && bytes && rows && Buffer.compare(bytes, rows) === 0;
    if (archive && !isSame) lines = (await chunk.check('archive', bytes)) ?? lines;
    const own = lines && chunk.rowsOf(lines);
    if (lines) counts.verified += 1;
    else if (chunk.isExpired) counts.expired += 1;
    if (!own) isWhole = false;
    for (const row of own ?? []) {
      left -= row.line.length;
      all.push(row);
    }
    if (left < 0) {
      chunk.tooMuch(most);
      return undefined;
    }
  }
  return isWhole ? all : undefined;
}

interface FoundChunks {
  readonly references: readonly ChunkReference[];
  readonly stored: ReadonlyMap<string, Item>;
  readonly archived: ReadonlyMap<string, Uint8Array | undefined>;
}

function* groupsOf(references: readonly ChunkReference[]): Generator<readonly ChunkReference[]> {
  for (let start = 0; start < references.length; start += CHUNKS_AT_ONCE)
    yield references.slice(start, start + CHUNKS_AT_ONCE);
}

async function* flat(groups: AsyncIterable<FoundChunks>) {
  for await (const { references, ...found } of groups)
    for (const reference of references) yield { reference, ...found };
}

async function readChunks(
  { store, archive }: ChunkSources,
  { endpointId, slot }: Manifest,
  references: readonly ChunkReference[],
): Promise<FoundChunks> {
  const items = [...new Set(references.flatMap(itemHashes))];
  const objects = [...new Set(references.map(({ sha256 }) => sha256))].map(
    async (sha256) => [sha256, await archive?.get(chunkObject(endpointId, slot, sha256))] as const,
  );
  const [stored, archived] = await Promise.all([
    store && items.length > 0 ? store.readChunks(endpointId, items) : new Map<string, Item>(),
    Promise.all(archive ? objects : []),
  ]);
  return { references, stored, archived: new Map(archived) };
}

/** One chunk of a snapshot, wherever it is. */
class ChunkCheck {
  readonly isExpired: boolean;
  readonly #manifest: Manifest;
  readonly #reference: ChunkReference;
  readonly #findings: Findings;
  readonly #place: Fault['place'];

  constructor({ now, store }: ChunkSources, manifest: Manifest, reference: ChunkReference, findings: Findings) {
    this.isExpired = hasExpired(manifest, now());
    this.#manifest = manifest;
    this.#reference = reference;
    this.#findings = findings;
    this.#place = store ? 'store' : 'archive';
  }

  /** Whether the stored parts of a chunk in parts are there, and are the ones that the manifest names. */
  async checkParts(items: readonly (Item | undefined)[]): Promise<boolean> {
    const { parts = [] } = this.#reference;
    let areRight = true;
    for (const [index, part] of parts.entries()) {
      const rows = items[index]?.rows;
      const which = `part ${index + 1} of ${parts.length}`;
      const isThere = rows instanceof Uint8Array;
      if (isThere && (await unpackChunk(part, rows).catch(() => undefined))) continue;
      areRight = false;
      if (isThere) this.#fault('chunk-changed', 'store', `in ${which} holds other bytes than those of its hash`, part);
      else if (!this.isExpired) this.#fault('chunk-removed', 'store', `has no ${which}${this.#expiryWords()}`, part);
    }
    return areRight;
  }

  /** The lines, where they are the ones that the manifest names. */
  async check(place: Fault['place'], bytes: unknown): Promise<readonly string[] | undefined> {
    const { sha256, rows, first } = this.#reference;
    if (!(bytes instanceof Uint8Array)) {
      if (!this.isExpired) this.#fault('chunk-removed', place, `is not there${this.#expiryWords()}`);
      return undefined;
    }
    const lines = await unpackChunk(this.#reference, bytes).catch(() => undefined);
    if (!lines) this.#fault('chunk-changed', place, `holds other bytes than those of its hash ${sha256}`);
    else if (lines.length !== rows || idIn(lines[0]) !== first) {
      this.#fault('chunk-changed', place, `holds ${lines.length} rows, and the manifest says ${rows} from ${first} on`);
    }
    return lines;
  }

  /** A time to live that was brought forward makes DynamoDB remove what nobody removed. Other attributes do not belong there. */
  checkAttributes(item: Item | undefined): void {
    const { chunksExpireAt } = this.#manifest;
    const expiresAt = item?.expiresAt;
    for (const name in item && foreignAttributes(item, CHUNK_ATTRIBUTES)) {
      this.#fault('attribute-added', 'store', `has an attribute ${name}, which the recorder does not write`);
    }
    if (expiresAt === undefined) return;
    if (chunksExpireAt !== undefined && isSeconds(expiresAt) && expiresAt >= chunksExpireAt) return;
    const should = chunksExpireAt === undefined ? 'is kept for ever' : `is kept until ${instantOf(chunksExpireAt)}`;
    this.#fault(
      'chunk-expiry-changed',
      'store',
      `expires ${whenOf(expiresAt)}, and the manifest says that it ${should}`,
    );
  }

  /** The rows, if all lines are rows: whoever signs may sign others. */
  rowsOf(lines: readonly string[]): readonly StoredRow[] | undefined {
    try {
      return lines.map(toStoredRow);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#fault('chunk-changed', this.#place, `holds a line that is no row: ${error.message}`);
      return undefined;
    }
  }

  /** That the snapshot has more up to here than a snapshot can have. */
  tooMuch(most: number): void {
    const what = `brings the rows of the snapshot to more than ${most} characters, which none has; what follows was not read`;
    this.#fault('chunk-changed', this.#place, what);
  }

  #expiryWords(): string {
    const { chunksExpireAt } = this.#manifest;
    return chunksExpireAt === undefined ? '' : `, and it had to be kept until ${instantOf(chunksExpireAt)}`;
  }

  #fault(
    kind: Fault['kind'],
    place: Fault['place'],
    what: string,
    { sha256 }: { sha256: string } = this.#reference,
  ): void {
    const { endpointId, entry, slot, chunks } = this.#manifest;
    const number = chunks.indexOf(this.#reference);
    const message = `Chunk ${number} of entry ${entry} (${slot}) ${what}.`;
    this.#findings.fault({ kind, place, endpointId, entry, slot, field: sha256, message });
  }
}

function idIn(line = '{}'): string | undefined {
  try {
    return toStoredRow(line).id;
  } catch {
    return undefined;
  }
}

const instantOf = (seconds: number): string => toInstant(seconds * 1000);

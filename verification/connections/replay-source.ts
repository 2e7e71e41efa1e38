import type { SnapshotRows } from '../../lambda/trail/changes.ts';
import { unpackChunk } from '../../lambda/trail/chunks.ts';
import { provesUnlisted } from '../../lambda/trail/coverage.ts';
import { gapOf, isProof } from '../../lambda/trail/log.ts';
import type { SnapshotLog } from '../../lambda/trail/ports.ts';
import type { ChunkReference, Manifest } from '../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant, later } from '../../lambda/trail/time.ts';
import type { ReadEntry } from '../log/verify-chunks.ts';

/** Reads a chunk again, for the rare case that its rows are needed again. */
export type ReadChunk = (manifest: Manifest, reference: ChunkReference) => Promise<Uint8Array | undefined>;

/** Feeds entries to the projector, each with its rows and the rows before. */
export class ReplaySource {
  readonly log: SnapshotLog;
  /** Changed in place: the projector reads it for each entry. */
  readonly atHand: SnapshotRows[] = [];
  /** Whether all rows before the current entry are available. */
  isBaseKnown = true;
  /** Until when entries were not read; undefined if all were read from the first on. */
  unreadUntil: Instant | undefined;
  /** Whether entries first missed a connection before what was read, and are not settled since, is known. */
  isUnlistedKnown = true;
  /** Called where entries up to a time cannot be read. */
  onUnread: (f: Instant) => void = () => undefined;
  readonly #manifests = new Map<string, Manifest>();
  /** The first proof after unread entries, or after the last gap since. */
  #since: Manifest | undefined;
  readonly #readChunk: ReadChunk;

  constructor(entries: AsyncIterable<ReadEntry>, readChunk: ReadChunk) {
    this.#readChunk = readChunk;
    const reading: Pick<SnapshotLog, 'readManifestsAfter' | 'readManifest' | 'readChunk'> = {
      readManifestsAfter: () => this.#take(entries),
      // An entry before the first that is replayed counts as expired.
      readManifest: async (_, slot) =>
        this.#manifests.get(slot) ?? ({ kind: 'snapshot', slot, chunksExpireAt: 0, chunks: [] as unknown } as Manifest),
      readChunk: (_, { sha256 }) => this.#readAgain(sha256),
    };
    this.log = reading as SnapshotLog;
  }

  async *#take(entries: AsyncIterable<ReadEntry>): AsyncGenerator<Manifest> {
    let previous: Manifest | undefined;
    let base: SnapshotRows | undefined;
    for await (const { manifest, content } of entries) {
      const isUnread = manifest.kind === 'snapshot' && !content;
      const isNext = manifest.entry === (previous ? previous.entry + 1 : 0);
      if (!isNext) {
        this.#miss(manifest.s, manifest.epsilonSeconds);
        [base, this.isBaseKnown] = [undefined, false];
      }
      const rows = content && manifest.kind === 'snapshot' ? { manifest, rows: [content] } : undefined;
      this.atHand.splice(0, Infinity, ...[rows, base].filter((one) => one !== undefined));
      const known = isUnread ? expired(manifest) : manifest;
      this.#manifests.set(manifest.slot, known);
      if (isUnread) this.#miss(manifest.f, manifest.epsilonSeconds);
      else this.#settleUnlisted(manifest);
      yield known;
      previous = manifest;
      if (manifest.kind === 'snapshot') [base, this.isBaseKnown] = [rows, rows !== undefined];
      else if (manifest.closedBecause === 'endpoint-deleted') [base, this.isBaseKnown] = [undefined, true];
    }
  }

  /** Chunks that were read before, if their bytes are still right. */
  async #readAgain(sha256: string): Promise<Uint8Array | undefined> {
    for (const manifest of this.#manifests.values()) {
      const reference = manifest.chunks.find((chunk) => chunk.sha256 === sha256);
      if (!reference) continue;
      const bytes = await this.#readChunk(manifest, reference);
      if (bytes && (await unpackChunk(reference, bytes).catch(() => undefined))) return bytes;
    }
    return undefined;
  }

  #miss(until: Instant, epsilonSeconds: number): void {
    const clear = addSeconds(until, epsilonSeconds);
    this.unreadUntil = this.unreadUntil === undefined ? clear : later(this.unreadUntil, clear);
    this.isUnlistedKnown = false;
    this.#since = undefined;
    this.onUnread(until);
  }

  /** What went missing in unread entries has ended once the snapshots after them prove it, without a gap between (ADR 29). */
  #settleUnlisted(manifest: Manifest): void {
    if (this.unreadUntil === undefined || manifest.kind !== 'snapshot' || !isProof(manifest)) return;
    if (!this.#since || gapOf(manifest, undefined)) this.#since = manifest;
    else if (provesUnlisted(this.#since, manifest, manifest.epsilonSeconds)) this.isUnlistedKnown = true;
  }
}

/** The projector treats unreadable rows as expired, and continues without them. */
function expired(manifest: Manifest): Manifest {
  return { ...manifest, chunksExpireAt: 0 };
}

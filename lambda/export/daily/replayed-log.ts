import { chunksFor } from '../../query/newest-snapshot.ts';
import type { SnapshotLog } from '../../trail/ports.ts';
import { type ChunkReference, hasExpired, type Manifest } from '../../trail/snapshot.ts';
import { type Instant, toMilliseconds } from '../../trail/time.ts';

type Reading = Pick<SnapshotLog, 'readManifestsAfter' | 'readManifest' | 'readChunk'>;

/**
 * A range of a log as the projector saw it originally. The clock is set to the replayed entry, so that later expiry has no
 * effect (ADR 20).
 */
export class ReplayedLog {
  /** For the projector, which reads nothing else of a log. */
  readonly asLog: SnapshotLog;
  readonly #log: Reading;
  readonly #now: () => Date;
  readonly #ids: readonly string[] | undefined;
  /** The replayed entry, and the one before it. */
  #near: readonly Manifest[] = [];
  /** Compressed chunks of the replayed entry: the next one is compared with them. */
  #chunks = new Map<string, Uint8Array>();
  #f: Instant = '';

  /**
   * @param entries the entries to replay, in order
   * @param ids read only chunks that can have rows of these connections; the results for others are then meaningless
   */
  constructor(log: Reading, entries: LogEntries, now: () => Date, ids?: readonly string[]) {
    this.#log = log;
    this.#now = now;
    this.#ids = ids;
    const reading: Reading = {
      readManifestsAfter: () => this.#replay(entries),
      readManifest: (endpointId, slot) => this.#readManifest(endpointId, slot),
      readChunk: (endpointId, reference) => this.#readChunk(endpointId, reference),
    };
    this.asLog = reading as SnapshotLog;
  }

  /** The time of the entry that is replayed. */
  readonly now = (): Date => new Date(toMilliseconds(this.#f));

  async *#replay(entries: LogEntries): AsyncGenerator<Manifest> {
    let before: Manifest | undefined;
    for await (const entry of entries) {
      this.#f = entry.f;
      const manifest = this.#narrow(entry);
      this.#forget(before);
      this.#near = before ? [before, manifest] : [manifest];
      yield manifest;
      before = manifest;
    }
  }

  /** Keeps the chunks of one entry. */
  #forget(kept: Manifest | undefined): void {
    const hashes = new Set(kept?.chunks.map(({ sha256 }) => sha256));
    for (const sha256 of this.#chunks.keys()) if (!hashes.has(sha256)) this.#chunks.delete(sha256);
  }

  async #readManifest(endpointId: string, slot: Instant): Promise<Manifest | undefined> {
    const near = this.#near.find((manifest) => manifest.slot === slot);
    if (near) return near;
    const manifest = await this.#log.readManifest(endpointId, slot);
    return manifest && this.#narrow(manifest);
  }

  /** @throws DayExpired if its rows existed when it was recorded, but not any more */
  #narrow(manifest: Manifest): Manifest {
    if (hasExpired(manifest, this.#now()) && !hasExpired(manifest, this.now())) {
      throw new DayExpired(`the snapshot of ${manifest.endpointId} at ${manifest.slot} has expired`);
    }
    if (!this.#ids) return manifest;
    const wanted = new Set(this.#ids.flatMap((id) => chunksFor(manifest, id).map(({ reference }) => reference)));
    return { ...manifest, chunks: manifest.chunks.filter((reference) => wanted.has(reference)) };
  }

  async #readChunk(endpointId: string, reference: ChunkReference): Promise<Uint8Array | undefined> {
    const bytes = this.#chunks.get(reference.sha256) ?? (await this.#log.readChunk(endpointId, reference));
    if (bytes) this.#chunks.set(reference.sha256, bytes);
    return bytes;
  }
}

type LogEntries = Iterable<Manifest> | AsyncIterable<Manifest>;

/** Snapshots that a day's export needs have expired under the trail's retention: the day can no longer be exported. */
export class DayExpired extends Error {
  override readonly name = 'DayExpired';
}

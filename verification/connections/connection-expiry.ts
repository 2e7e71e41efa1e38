import type { Connection } from '../../lambda/trail/connection.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';

/** When connections that have ended may expire, by the retentions that their log was recorded under. */
export class ConnectionExpiry {
  /** Seconds; Infinity where all was to be kept for ever. */
  readonly #shortest: number;
  readonly #manifests: ReadonlyMap<number, Manifest>;

  constructor(manifests: ReadonlyMap<number, Manifest>) {
    this.#manifests = manifests;
    let shortest = Number.POSITIVE_INFINITY;
    for (const { chunksExpireAt, f } of manifests.values()) {
      if (chunksExpireAt !== undefined) shortest = Math.min(shortest, chunksExpireAt - Date.parse(f) / 1000);
    }
    this.#shortest = shortest;
  }

  /** The earliest moment at which it may expire, seconds since 1970; undefined for one that must be kept. */
  earliest({ end, lastEntry }: Connection): number | undefined {
    const manifest = this.#manifests.get(lastEntry);
    if (!end || !manifest || this.#shortest === Number.POSITIVE_INFINITY) return undefined;
    return Date.parse(manifest.f) / 1000 + this.#shortest;
  }

  /** Whether it may be gone. */
  mayBeGone(connection: Connection, now: Date): boolean {
    const earliest = this.earliest(connection);
    return earliest !== undefined && earliest * 1000 <= now.getTime();
  }
}

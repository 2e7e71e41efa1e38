import type { Connection } from '../../lambda/trail/connection.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Replayed } from './replay.ts';
import type { ProjectionReach } from './verify-watermark.ts';

/** What the connections of an endpoint are compared with. */
export interface ExpectedConnections {
  readonly endpointId: string;
  readonly connections: ReadonlyMap<string, Replayed>;
  /** The manifests of the log, by their entry's number. */
  readonly manifests: ReadonlyMap<number, Manifest>;
  /** Slots of the snapshots whose rows were all read. */
  readonly readSlots: ReadonlySet<string>;
  /** The last entry that was replayed. */
  readonly last: number;
  readonly projected: ProjectionReach;
  /** Whether the whole log was replayed, and has no hole. */
  readonly isWhole: boolean;
  readonly now: () => Date;
}

/** How many connections were compared, and how far. */
export interface ConnectionCounts {
  compared: number;
  /** Those of which some rows have expired or are lost: what their remaining rows say was compared. */
  partly: number;
  expired: number;
}

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

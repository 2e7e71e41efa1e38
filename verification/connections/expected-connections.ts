import type { Connection } from '../../lambda/trail/connection.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Replayed } from './replay.ts';
import type { ProjectionReach } from './verify-watermark.ts';

/** The expected connections of an endpoint. */
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
  /** Whether the whole log was replayed without missing entries. */
  readonly isWhole: boolean;
  readonly now: () => Date;
}

/** How many connections were compared, and how far. */
export interface ConnectionCounts {
  compared: number;
  /** Those with expired or lost rows: only their remaining rows were compared. */
  partly: number;
  expired: number;
}

/** When connections that have ended may expire, by the retentions that their log was recorded under. */
export class ConnectionExpiry {
  /** Seconds; Infinity if all is kept forever. */
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

  /** The earliest expiry, seconds since 1970; undefined for one that must be kept. */
  earliest({ end, lastEntry }: Connection): number | undefined {
    const manifest = this.#manifests.get(lastEntry);
    if (!end || !manifest || this.#shortest === Number.POSITIVE_INFINITY) return undefined;
    return Date.parse(manifest.f) / 1000 + this.#shortest;
  }

  /** Whether it may have expired. */
  mayBeGone(connection: Connection, now: Date): boolean {
    const earliest = this.earliest(connection);
    return earliest !== undefined && earliest * 1000 <= now.getTime();
  }
}

import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Replayed } from './replay.ts';
import type { Projected } from './verify-watermark.ts';

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
  readonly projected: Projected;
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

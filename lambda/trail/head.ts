import type { CompactRange } from './proof.ts';
import type { Manifest } from './snapshot.ts';
import type { Instant } from './time.ts';

/** Why a snapshot is not a proof; these names are stable: they are reasons of gaps. */
export type UnprovenReason = 'unidentified-rows' | 'clocks-differ';

/** The end of an endpoint's log: what the next entry is appended to. */
export interface Head {
  readonly endpointId: string;
  /** Whose endpoint it is. */
  readonly accountId: string;
  readonly region: string;
  /** The last entry's place in the log, its slot and its times. */
  readonly entry: number;
  readonly slot: Instant;
  readonly s: Instant;
  readonly f: Instant;
  readonly ownS?: Instant;
  /** `s` and `ownS` of the last snapshot that is a proof: coverage continues from there; absent if there is none. */
  readonly coveredFromS?: Instant;
  readonly coveredFromOwnS?: Instant;
  /** Why the entries since then are no proofs; absent from heads of early versions. */
  readonly unprovenBecause?: readonly UnprovenReason[];
  /** The latest end of its gaps; absent if it has none. */
  readonly gapsUntil?: Instant;
  /** A gap began before an earlier one had ended, as clocks were set (ADR 31): in the order of their starts ends go back. */
  readonly gapsOverlap?: true;
  /** `s` of the log's first snapshot. */
  readonly firstSeenAt: Instant;
  readonly state: 'open' | 'closed';
  readonly closedBecause?: Manifest['closedBecause'];
  /** The part of the log's Merkle tree that appending needs. */
  readonly range: CompactRange;
}

/** How far an endpoint's log has been projected onto its connections. */
export interface Watermark {
  readonly endpointId: string;
  /** The last entry that is wholly projected, its slot and times. */
  readonly entry: number;
  readonly slot: Instant;
  readonly s: Instant;
  readonly f: Instant;
  /** Within the entry after it: changes of connections up to this id are projected. */
  readonly partialAfter?: string | undefined;
  /**
   * Entries whose snapshots were the first without a connection whose end is not proven yet. `from`: the slot from which on it was
   * missing without a gap, if that is a later one.
   */
  readonly unlisted: readonly { readonly entry: number; readonly slot: Instant; readonly from?: Instant }[];
  /**
   * No connection is odd, or ever was, so questions need not look for one (ADR 25). It is absent before the first such connection is
   * written, and never comes back.
   */
  readonly noneOdd?: true | undefined;
  /**
   * The networks of all addresses that its connections ever had, so that questions by address need not look at other endpoints (ADR
   * 30). One is there before the first such connection is written. Absent where an earlier version has projected a part: any.
   */
  readonly networks?: readonly string[] | undefined;
  /** The connections have index keys of an earlier form: questions would not find them all. */
  readonly isOutdated?: true;
}

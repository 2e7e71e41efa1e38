import type { MemberName, NameWith, ValueOf } from './connection-members.ts';

type Derived = NameWith<{ derived: true }>;
type Always = Exclude<NameWith<{ always: true | 'recorded' }>, Derived>;
type Members = { readonly [Name in Always]: ValueOf<Name> } & {
  readonly [Name in Exclude<MemberName, Always | Derived>]?: ValueOf<Name>;
};

/**
 * One client connection from first sight to end: the fold of the log's rows in log order. What is live (counters, the last
 * sight) is there only once the connection no longer lives; a live one's is in the newest snapshot. Times are UTC: `firstSeenAt` is
 * AWS's time (`s`) of the first snapshot with a row of it, `lastSeenAt` that (`f`) of the snapshot that gave the last state;
 * `firstSlot` and `lastSlot` are the slots of these. `unlistedSince` is the `f` of the first snapshot without it.
 */
export interface Connection extends Members {
  /** The log entry whose change was folded in last. */
  readonly lastEntry: number;
  /** It had lasted 24 hours when it was folded last, or may last so while nobody sees it. */
  readonly long?: true;
}

/** Whether it lives: such a connection's item holds no counters; those of one that vanished are on it. */
export function isLive({ end, lastSlot }: Pick<Connection, 'end' | 'lastSlot'>): boolean {
  return end === undefined && lastSlot === undefined;
}

/** A connection of this age is in the index `long`; the overlap rule looks for younger ones in the other indexes. */
export const LONG_SECONDS = 24 * 3600;

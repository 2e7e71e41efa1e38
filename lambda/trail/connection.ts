import type { MemberName, NameWith, ValueOf } from './connection-members.ts';
import type { Instant } from './time.ts';

type Derived = NameWith<{ derived: true }>;
type Always = Exclude<NameWith<{ always: true | 'recorded' }>, Derived>;
type Members = { readonly [Name in Always]: ValueOf<Name> } & {
  readonly [Name in Exclude<MemberName, Always | Derived>]?: ValueOf<Name>;
};

/**
 * One client connection from first sight to end: the fold of the log's rows in log order. Live members (counters, last sight)
 * are present only once the connection is no longer live; until then they are in the newest snapshot. Times are UTC: `firstSeenAt` is
 * AWS's time (`s`) of the first snapshot with a row of it, `lastSeenAt` is `f` of the snapshot with its last state;
 * `firstSlot` and `lastSlot` are their slots. `unlistedSince` is the `f` of the first snapshot without it.
 */
export interface Connection extends Members {
  /** The log entry whose change was folded in last. */
  readonly lastEntry: number;
  /** It had lasted 24 hours at the last fold, or may reach that age while unlisted. */
  readonly long?: true;
  /** While it is unlisted: surely connected until then, which is epsilon before the snapshot with its last row began. */
  readonly surelyUntil?: Instant;
  /** Another connection had its address at the same time, as AWS lists both (ADR 30). */
  readonly sharesAddress?: true;
}

/** Whether it is live: its item then has no counters. A connection that vanished has them. */
export function isLive({ end, lastSlot }: Pick<Connection, 'end' | 'lastSlot'>): boolean {
  return end === undefined && lastSlot === undefined;
}

/** Whether AWS lists it no more, and nothing proves that it has ended (ADR 29). */
export function isUnlisted({ end, unlistedSince }: Pick<Connection, 'end' | 'unlistedSince'>): boolean {
  return !end && unlistedSince !== undefined;
}

/** A connection of this age is in the index `long`; the overlap rule looks for younger ones in the other indexes. */
export const LONG_SECONDS = 24 * 3600;

import type { IndexStretch } from '../../dynamodb/trail-reads.ts';
import { LONG_SECONDS } from '../../trail/connection.ts';
import type { Instant } from '../../trail/time.ts';
import { type EndpointState, isDeleted } from '../endpoint-state.ts';

/** Rows in descending order of their sort key `start`, to be read one stretch after the other. */
export interface Stream {
  /** Read in turn, newest first; each descends. */
  readonly stretches: Iterable<IndexStretch>;
  /**
   * Connections established before `established` that were connected later: few, sorted by their end, so that they are
   * read whole when the stretches are done.
   */
  readonly earlier?: { readonly established: Instant; readonly stretches: readonly IndexStretch[] };
  /** An address has one holder: the walk ends with the first connection established before this instant. */
  readonly untilHolderBefore?: Instant;
  /** An address is walked: the beginning of each holder bounds the end of the one before. */
  readonly isAddress?: true;
}

/** A day: a connection that lasts as long is long. */
export const DAY_SECONDS = LONG_SECONDS;
/** Behind every sort key that begins with an instant. */
export const AFTER = '~';

/** Whether the endpoint was deleted and everything of it is projected: then no connection is open. */
export function isOver(state: EndpointState): boolean {
  return isDeleted(state) && state.watermark?.entry === state.head?.entry;
}

/** Until when the projection knows how old a connection has become. */
export function projectedThrough({ watermark, head }: EndpointState): Instant {
  return watermark?.f ?? head?.firstSeenAt ?? AFTER;
}

/** The lesser of two sort keys, where they are bounds. */
export function lesser(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

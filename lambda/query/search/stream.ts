import type { IndexStretch } from '../../dynamodb/trail-reads.ts';
import type { Instant } from '../../trail/time.ts';
import { type EndpointState, isDeleted } from '../endpoint-state.ts';

/** Rows in descending order of their sort key `start`, read one range after the other. */
export interface Stream {
  /** Read in turn, newest first; each descends. */
  readonly stretches: Iterable<IndexStretch>;
  /**
   * Connections established before `established` that were connected later. They are few and sorted by their end, so they
   * are all read after the ranges.
   */
  readonly earlier?: { readonly established: Instant; readonly stretches: readonly IndexStretch[] };
  /** For an address with one holder: the walk ends with the first connection established before this instant. */
  readonly untilHolderBefore?: Instant;
  /** For an address: the start of each holder bounds the end of the one before. */
  readonly isAddress?: true;
}

/** Sorts after every sort key that begins with an instant. */
export const AFTER = '~';

/** Whether the endpoint was deleted and is fully projected: then no connection is open. */
export function isOver(state: EndpointState): boolean {
  return isDeleted(state) && state.watermark?.entry === state.head?.entry;
}

/** Until when the projection knows a connection's age. */
export function projectedThrough({ watermark, head }: EndpointState): Instant {
  return watermark?.f ?? head?.firstSeenAt ?? AFTER;
}

/** The smaller of two sort keys; an absent one is no bound. */
export function lesser(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

import type { Elements } from './element.ts';
import type { Instant } from './time.ts';

/** How a connection ended: as AWS reported it, or concluded from its absence, between two instants. */
export type ConnectionEnd =
  | { readonly kind: 'reported' }
  | { readonly kind: 'inferred'; readonly between: readonly [Instant, Instant] };

/**
 * One client connection from first sight to end: the fold of the log's rows in log order. Counters and the last sight are
 * there only once the connection is no longer live; a live one's are in the newest snapshot. Times are UTC.
 */
export interface Connection {
  readonly connectionId: string;
  readonly endpointId: string;
  readonly accountId: string;
  readonly region: string;
  readonly status?: string;
  readonly statusMessage?: string;
  readonly establishedAt: Instant;
  /** AWS did not say when it was established; `establishedAt` is the latest that it can be: the first sight, or an earlier end. */
  readonly establishedAtIsFirstSight?: true;
  readonly endedAt?: Instant;
  readonly end?: ConnectionEnd;
  /** It vanished from AWS's list without an end, first in the snapshot finished then. */
  readonly unlistedSince?: Instant;
  readonly username?: string;
  readonly commonName?: string;
  readonly clientIp?: string;
  readonly clientIpv6?: string;
  readonly postureComplianceStatuses?: readonly string[];
  /** Sent by the client. */
  readonly ingressBytes?: bigint;
  /** Received by the client. */
  readonly egressBytes?: bigint;
  readonly ingressPackets?: bigint;
  readonly egressPackets?: bigint;
  readonly authorizationPolicyLastEvaluatedAt?: Instant;
  /** AWS's Timestamp of the last row, where it is not the end. */
  readonly timestamp?: Instant;
  /** Elements of the last row that this version does not know. */
  readonly other?: Elements;
  /** AWS's time (`s`) of the first snapshot with a row of it, and that snapshot's slot. */
  readonly firstSeenAt: Instant;
  readonly firstSlot: Instant;
  /** AWS's time (`f`) of the snapshot that gave the last state, and that snapshot's slot. */
  readonly lastSeenAt?: Instant;
  readonly lastSlot?: Instant;
  /** The log entry whose change was folded in last. */
  readonly lastEntry: number;
  /** How often AWS listed it as not ended after it had said that it was terminated. */
  readonly contradictions?: number;
  /** It had lasted 24 hours when it was folded last, or may last so while nobody sees it. */
  readonly long?: true;
}

/** A connection of this age is in the index `long`; the overlap rule looks for younger ones in the other indexes. */
export const LONG_SECONDS = 24 * 3600;

import type { Failure } from '../trail/failure.ts';
import { type Instant, secondsBetween } from '../trail/time.ts';
import type { ExpectedEndpoint } from './endpoints.ts';

/** The outcome of one endpoint in one recording. */
export interface EndpointOutcome {
  readonly endpointId: string;
  /**
   * `committed`: a new snapshot. `already-committed`: the slot was in the log before (a retry, a duplicate delivery).
   * `superseded`: a later slot is in the log. `closed`: the endpoint was deleted, and its log says so. `failed`:
   * nothing was recorded, or the snapshot is not archived or fully projected yet; see `appended` and `failure`.
   */
  readonly outcome: 'committed' | 'already-committed' | 'superseded' | 'closed' | 'failed';
  /** Where it failed only after that: what became of the snapshot itself. */
  readonly appended?: Exclude<EndpointOutcome['outcome'], 'failed'>;
  readonly failure?: Failure;
  /** Why the log was closed, if it was. */
  readonly closedBecause?: 'endpoint-deleted' | 'not-configured';
  /** Distinct connections in the snapshot. */
  readonly connections: number;
  /** Connections seen for the first time. */
  readonly opened: number;
  /** Connections that got an end, reported or inferred. */
  readonly ended: number;
  /** Rows with a field that could not be parsed; the snapshot has them unchanged. */
  readonly unparsed: number;
  /** Rows without a ConnectionId: if there are any, the snapshot is not a proof. */
  readonly unidentified: number;
  /**
   * Contradictions, duplicates, unlisted connections, inferred ends, shared addresses, former identities, times that contradict each
   * other, clocks that differ, slots ahead of AWS's time.
   */
  readonly anomalies: number;
  /** Rows larger than an item, which are stored in parts: the ConnectionId (empty if it has none), bytes and number of parts of each. */
  readonly inParts?: readonly { readonly connectionId: string; readonly bytes: number; readonly parts: number }[];
  readonly pages: number;
  /** DynamoDB write units consumed, indexes included. */
  readonly writeUnits: number;
  /** AWS's time of the snapshot (`f`), ISO 8601 UTC. */
  readonly capturedAt?: string;
  /** The snapshot proves nothing, because the clocks are not as they were: AWS's is ahead of the machine's by so much. */
  readonly skewSeconds?: number;
  /** The slot of the entry, if the log's last slot is ahead of AWS's time, and so of the scheduled slot. ISO 8601 UTC. */
  readonly recordedAs?: string;
  /** The gap that this snapshot ended, if any: times in ISO 8601 UTC. */
  readonly gap?: { readonly start: string; readonly end: string; readonly reasons: readonly string[] };
}

/** The outcome of one recording: the result of the recorder function. */
export interface RecordingSummary {
  /** The scheduled moment, ISO 8601 UTC. */
  readonly slot: string;
  readonly endpoints: readonly EndpointOutcome[];
  readonly connections: number;
  readonly opened: number;
  readonly ended: number;
  readonly unparsed: number;
  /** DynamoDB write units of the trail's own log, which names all others. */
  readonly trailWriteUnits: number;
  /** Failures of the list or the descriptions of endpoints, of the trail's checkpoint, and those of single endpoints. */
  readonly failures: readonly (Failure & { readonly endpointId?: string })[];
  /** Seconds since the newest snapshot of the endpoint that has the oldest, over all expected endpoints. */
  readonly oldestSnapshotAgeSeconds: number;
}

/** For an endpoint without any snapshot: data is being lost, because AWS forgets it after 60 minutes. */
export const NEVER_RECORDED_SECONDS = 3600;

/** Seconds since the newest snapshot of the endpoint that has the oldest one; without any snapshot, AWS's window counts. */
export function oldestAge(
  expected: readonly ExpectedEndpoint[],
  outcomes: readonly EndpointOutcome[],
  now: Instant,
): number {
  const ages = expected.map(({ endpointId, head }) => {
    const outcome = outcomes.find((one) => one.endpointId === endpointId);
    if (outcome?.outcome === 'closed') return 0;
    const newest = outcome?.capturedAt ?? head?.f;
    return newest === undefined ? NEVER_RECORDED_SECONDS : Math.max(0, secondsBetween(newest, now));
  });
  return Math.max(0, ...ages);
}

/** Adds up the outcomes of the endpoints. */
export function summarize(
  slot: Instant,
  endpoints: readonly EndpointOutcome[],
  general: RecordingSummary['failures'],
  oldestSnapshotAgeSeconds: number,
  trailWriteUnits: number,
): RecordingSummary {
  const sum = (member: 'connections' | 'opened' | 'ended' | 'unparsed') =>
    endpoints.reduce((total, one) => total + one[member], 0);
  const failures = endpoints.flatMap(({ endpointId, failure }) => (failure ? [{ endpointId, ...failure }] : []));
  return {
    slot,
    endpoints,
    connections: sum('connections'),
    opened: sum('opened'),
    ended: sum('ended'),
    unparsed: sum('unparsed'),
    trailWriteUnits,
    failures: [...general, ...failures],
    oldestSnapshotAgeSeconds,
  };
}

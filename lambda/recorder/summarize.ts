import type { Failure } from '../trail/failure.ts';
import { type Instant, secondsBetween } from '../trail/time.ts';
import type { ExpectedEndpoint } from './endpoints.ts';
import type { EndpointOutcome, RecordingSummary } from './summary.ts';

/** For an endpoint without any snapshot: data is being lost, because AWS forgets it after 60 minutes. */
const NEVER_RECORDED_SECONDS = 3600;

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
  general: readonly Failure[],
  oldestSnapshotAgeSeconds: number,
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
    failures: [...general, ...failures],
    oldestSnapshotAgeSeconds,
  };
}

import type { ManifestItem } from '../dynamodb/trail-reads.ts';
import { parseAwsTime } from '../trail/time.ts';
import { QueryProblem } from './problem.ts';
import type { RoutePorts } from './routes/route.ts';

/** The parts of a snapshot's address. */
export const SNAPSHOT_NAMES = {
  endpointId: 'The Client VPN endpoint',
  slot: 'The scheduled moment, like 2026-11-22T14:05:00Z',
};

/** Valid keys of an endpoint's items: the store is not queried for others. */
export const ENDPOINT_KEY = /^[\w-]{1,64}$/;

/**
 * The snapshot at an address.
 *
 * @throws QueryProblem where there is none
 */
export async function findSnapshot(
  { reads }: RoutePorts,
  { endpointId = '', slot = '' }: Readonly<Record<string, string>>,
): Promise<ManifestItem> {
  const isSlot = parseAwsTime(slot) === slot;
  const item = isSlot && ENDPOINT_KEY.test(endpointId) ? await reads.readManifest(endpointId, slot) : undefined;
  if (item) return item;
  throw new QueryProblem(
    'snapshot-not-found',
    'No snapshot is recorded at this address; expected /snapshots/{endpointId}/{slot} of GET /snapshots.',
  );
}

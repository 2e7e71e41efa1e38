import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { DynamoDbTrailReads } from '../../lambda/dynamodb/trail-reads.ts';
import { type EndpointState, readEndpointStates } from '../../lambda/query/endpoint-state.ts';
import { INTERVAL } from '../../lambda/settings.ts';
import { toMilliseconds } from '../../lambda/trail/time.ts';
import type { OpenedTrail } from './patient.ts';

/** Where the tables are. */
export interface TrailTables {
  readonly documents: DynamoDBDocumentClient;
  readonly snapshotsTable: string;
  readonly connectionsTable: string;
}

/** Manifests that tell the interval. */
const LOOKED_BACK_MILLISECONDS = 3 * 3_600_000;

/**
 * Reads what all checks of a trail look at.
 *
 * @param configured - minutes between two recordings, where they are known
 */
export async function openTrail(
  { documents, snapshotsTable, connectionsTable }: TrailTables,
  now: () => Date,
  configured: number | undefined,
): Promise<OpenedTrail> {
  const reads = new DynamoDbTrailReads(documents, { snapshotsTable, connectionsTable, now });
  const states = await readEndpointStates(reads);
  return {
    reads,
    log: new DynamoDbSnapshotLog(documents, snapshotsTable),
    states,
    intervalMinutes: configured ?? (await observedInterval(reads, states)),
  };
}

/** The shortest time between two of the newest slots of a log; the default where no log has two. */
async function observedInterval(reads: DynamoDbTrailReads, states: readonly EndpointState[]): Promise<number> {
  const [newest] = states.flatMap(({ head }) => head ?? []).sort((one, other) => (one.slot < other.slot ? 1 : -1));
  if (!newest) return INTERVAL.byDefault;
  const from = new Date(toMilliseconds(newest.slot) - LOOKED_BACK_MILLISECONDS).toISOString().replace('.000Z', 'Z');
  const manifests = await reads.readManifests(newest.endpointId, from, newest.slot, 200, 'coverage');
  const times = manifests.map(({ manifest }) => toMilliseconds(manifest.slot));
  const steps = times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 60_000);
  return steps.length === 0 ? INTERVAL.byDefault : Math.min(...steps);
}

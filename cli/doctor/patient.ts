import type { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import type { DynamoDbTrailReads } from '../../lambda/dynamodb/trail-reads.ts';
import type { EndpointState } from '../../lambda/query/endpoint-state.ts';

/** An open trail: what its tables say, read once for all checks. */
export interface OpenedTrail {
  readonly reads: DynamoDbTrailReads;
  readonly log: DynamoDbSnapshotLog;
  readonly states: readonly EndpointState[];
  /** Minutes between two recordings: as configured, or else as the newest slots tell. */
  readonly intervalMinutes: number;
}

/** A trail that is examined, wherever it is. */
export interface Patient {
  /** Its tables; the same for all checks. Rejects for each of them where they cannot be read. */
  readonly trail: () => Promise<OpenedTrail>;
  readonly now: () => Date;
  /** Public keys that the caller has kept; empty where none was named. */
  readonly keys: readonly Uint8Array[];
  /** The public key that the stack states (base64); absent for a trail on one machine, which is not deployed. */
  readonly deployedKey?: string;
}

/** The actions that reading the tables needs. */
export const READ_TABLES = 'dynamodb:Query, dynamodb:GetItem on the tables';

/** Endpoints whose log goes on. */
export const openStates = ({ states }: OpenedTrail): (EndpointState & { head: NonNullable<EndpointState['head']> })[] =>
  states.flatMap((state) => (state.head?.state === 'open' ? [{ ...state, head: state.head }] : []));

/** Minutes that the newest snapshot may be old, as the deployment's alarm `SnapshotTooOld` counts: two intervals and five minutes. */
export const snapshotAgeAllowed = (intervalMinutes: number): number => 2 * intervalMinutes + 5;

/**
 * The names under which the recorder's metrics reach CloudWatch. They belong to the function's environment, like
 * `env.ts`: the recorder emits them, the alarms of `lib` watch them, and one that is renamed on one side only is an
 * alarm that never sounds.
 */
export const METRIC_NAMESPACE = 'ClientVpnAudit';

/** The value of Powertools' `service` dimension. */
export const METRIC_SERVICE = 'recorder';

/** Every metric has the dimension `service` alone, unless it says otherwise. */
export const METRICS = {
  /** Count: snapshots committed by a run. */
  snapshotsCommitted: 'SnapshotsCommitted',
  /** Count: connections in the snapshots of a run. */
  connections: 'Connections',
  /** Seconds: age of the newest snapshot of the endpoint that has the oldest, over all expected endpoints. */
  oldestSnapshotAge: 'OldestSnapshotAge',
  /** Count: failures of a run; once for `service` alone and once more by `service` and `reason`. */
  failures: 'Failures',
  /** Count: rows that did not parse in some field. */
  unparsedRows: 'UnparsedRows',
  /** Count: contradictions, duplicates, unlisted connections, inferred ends, times that contradict each other. */
  anomalies: 'Anomalies',
} as const;

/** The dimension that tells the reasons of `Failures` apart. */
export const REASON_DIMENSION = 'reason';

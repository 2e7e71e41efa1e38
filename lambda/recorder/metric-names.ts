/**
 * The names of the recorder's CloudWatch metrics. The recorder emits them and the alarms of `lib` watch them. If a name
 * changed on one side only, its alarm would never fire.
 */
export const METRIC_NAMESPACE = 'ClientVpnAudit';

/** The value of Powertools' `service` dimension. */
export const METRIC_SERVICE = 'recorder';

/** Every metric has only the dimension `service`, unless it says otherwise; of a configured target once more with `target`. */
export const METRICS = {
  /** Count: snapshots committed by a run. */
  snapshotsCommitted: 'SnapshotsCommitted',
  /** Count: connections in the snapshots of a run. */
  connections: 'Connections',
  /** Seconds: age of the newest snapshot of the endpoint that has the oldest, over all expected endpoints. */
  oldestSnapshotAge: 'OldestSnapshotAge',
  /** Count: failures of a run; once by `service`, and once by `service` and `reason`. */
  failures: 'Failures',
  /** Count: rows with a field that could not be parsed. */
  unparsedRows: 'UnparsedRows',
  /** Count: what is odd in AWS's answers and in the clocks; `EndpointOutcome` (`summary.ts`) says what. */
  anomalies: 'Anomalies',
} as const;

/** The dimension with the reason of `Failures`. */
export const REASON_DIMENSION = 'reason';

/** The dimension with the target, as `ACCOUNT/REGION`, where there are targets. */
export const TARGET_DIMENSION = 'target';

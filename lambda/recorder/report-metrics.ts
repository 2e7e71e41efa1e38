import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS, REASON_DIMENSION } from './metric-names.ts';
import type { RecordingSummary } from './summary.ts';

/** Emits a recording's metrics (CloudWatch embedded metric format, on standard output). */
export function reportMetrics(metrics: Metrics, summary: RecordingSummary): void {
  const committed = summary.endpoints.filter(({ outcome }) => outcome === 'committed').length;
  const anomalies = summary.endpoints.reduce((total, endpoint) => total + endpoint.anomalies, 0);
  metrics.addMetric(METRICS.snapshotsCommitted, MetricUnit.Count, committed);
  metrics.addMetric(METRICS.connections, MetricUnit.Count, summary.connections);
  metrics.addMetric(METRICS.oldestSnapshotAge, MetricUnit.Seconds, summary.oldestSnapshotAgeSeconds);
  metrics.addMetric(METRICS.failures, MetricUnit.Count, summary.failures.length);
  metrics.addMetric(METRICS.unparsedRows, MetricUnit.Count, summary.unparsed);
  metrics.addMetric(METRICS.anomalies, MetricUnit.Count, anomalies);
  metrics.publishStoredMetrics();
  const byReason = Map.groupBy(summary.failures, ({ reason }) => reason);
  for (const [reason, failures] of byReason) {
    metrics
      .singleMetric()
      .addDimension(REASON_DIMENSION, reason)
      .addMetric(METRICS.failures, MetricUnit.Count, failures.length);
  }
}

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import type { TrailTable } from './trail-table.ts';

const PERIOD = Duration.minutes(5);

/** Writes to the tables and to the indexes that DynamoDB throttled. */
export function writeThrottles(snapshots: TrailTable, connections: TrailTable): MathExpression {
  return sum('Throttled writes', [
    throttles('WriteThrottleEvents', snapshots),
    throttles('WriteThrottleEvents', connections),
    // A table's own metric leaves out its indexes, and a throttled index throttles the table.
    ...CONNECTIONS.indexes.map(({ name }) => throttles('WriteThrottleEvents', connections, name)),
  ]);
}

/** Reads of the tables that DynamoDB throttled; the recorder reads no index. */
export function readThrottles(snapshots: TrailTable, connections: TrailTable): MathExpression {
  return sum('Throttled reads', [
    throttles('ReadThrottleEvents', snapshots),
    throttles('ReadThrottleEvents', connections),
  ]);
}

function throttles(metricName: string, { tableName }: TrailTable, index?: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: tableName, ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }) },
    statistic: 'Sum',
    period: PERIOD,
  });
}

/**
 * The sum, with a zero where there is no data. Without it an alarm would stay as it is while data is missing, whatever
 * it says about missing data, and so never go out (CloudWatch API Reference, PutMetricAlarm, on AWS/DynamoDB metrics).
 * A math expression of an alarm may use ten metrics.
 */
function sum(label: string, metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`throttles${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, label, usingMetrics, period: PERIOD });
}

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CONNECTIONS } from '../../../lambda/dynamodb/tables.ts';
import type { TrailTable } from '../storage/trail-table.ts';

const PERIOD = Duration.minutes(5);

/** Writes to the tables of the trail and to the indexes that DynamoDB throttled. */
export function writeThrottles(snapshots: TrailTable, connections: TrailTable): MathExpression {
  return sum('Throttled writes', ofTrail('WriteThrottleEvents', snapshots, connections));
}

/** Reads of the tables of the trail and of the indexes that DynamoDB throttled. */
export function readThrottles(snapshots: TrailTable, connections: TrailTable): MathExpression {
  return sum('Throttled reads', ofTrail('ReadThrottleEvents', snapshots, connections));
}

/** Reads and writes of the Accesses table that DynamoDB throttled. */
export function accessThrottles(accesses: TrailTable): MathExpression {
  return sum('Throttled accesses', [
    throttles('WriteThrottleEvents', accesses),
    throttles('ReadThrottleEvents', accesses),
  ]);
}

function ofTrail(metricName: string, snapshots: TrailTable, connections: TrailTable): Metric[] {
  return [
    throttles(metricName, snapshots),
    throttles(metricName, connections),
    // A table's own metric leaves out its indexes, and a throttled index throttles the table.
    ...CONNECTIONS.indexes.map(({ name }) => throttles(metricName, connections, name)),
  ];
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
 * A math expression of an alarm may use ten metrics: the trail's two tables and eight indexes are just as many.
 */
function sum(label: string, metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`throttles${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, label, usingMetrics, period: PERIOD });
}

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { TableDefinition } from '../../../lambda/dynamodb/tables.ts';
import type { TrailTable } from '../storage/trail-tables.ts';
import { ONE_OR_MORE, trailAlarm } from './trail-alarm.ts';

const PERIOD = Duration.minutes(5);

/** The limit of metrics in an alarm's math expression (CloudWatch User Guide, "CloudWatch service quotas"). */
const MOST_METRICS = 10;

/**
 * The throttled reads or writes of a table and its indexes. A table's own metric excludes its indexes, and a
 * throttled index throttles the table (DynamoDB Developer Guide, "DynamoDB metrics and dimensions"). The other metric,
 * ThrottledRequests, includes indexes, but counts a batch only if all of it was throttled.
 */
export function throttles(what: 'Read' | 'Write', { tableName }: TrailTable, { indexes }: TableDefinition): Metric[] {
  const places = [{}, ...indexes.map(({ name }) => ({ GlobalSecondaryIndexName: name }))];
  return places.map(
    (index) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: `${what}ThrottleEvents`,
        dimensionsMap: { TableName: tableName, ...index },
        statistic: 'Sum',
        period: PERIOD,
      }),
  );
}

/** Makes alarms that fire at the first event of any of the metrics: as few as possible, `id`, `id2`, and so on. */
export function throttleAlarms(
  scope: Construct,
  id: string,
  topic: ITopic,
  metrics: readonly Metric[],
  alarmDescription: string,
): void {
  for (let alarm = 1; (alarm - 1) * MOST_METRICS < metrics.length; alarm++) {
    const metric = sum(metrics.slice((alarm - 1) * MOST_METRICS, alarm * MOST_METRICS));
    trailAlarm(scope, alarm === 1 ? id : `${id}${alarm}`, topic, { ...ONE_OR_MORE, metric, alarmDescription });
  }
}

/**
 * The sum, with zeros for missing data. Otherwise an alarm would keep its state while data is missing, regardless of its
 * setting for missing data, and never recover (CloudWatch API Reference, PutMetricAlarm, on AWS/DynamoDB metrics).
 */
function sum(metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`throttles${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, label: 'Throttled', usingMetrics, period: PERIOD });
}

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { TableDefinition } from '../../../lambda/dynamodb/tables.ts';
import type { TrailTable } from '../storage/trail-tables.ts';
import { ONE_OR_MORE, trailAlarm } from './trail-alarm.ts';

const PERIOD = Duration.minutes(5);

/** What an alarm's math expression may use (CloudWatch User Guide, "CloudWatch service quotas"). */
const MOST_METRICS = 10;

/**
 * The reads or writes of a table and of its indexes that DynamoDB throttled. A table's own metric leaves out its indexes, and a
 * throttled index throttles the table (DynamoDB Developer Guide, "DynamoDB metrics and dimensions"). The other metric,
 * ThrottledRequests, has indexes in it, but counts a batch only where all of it was throttled.
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

/** Makes alarms that sound at the first event of any of the metrics: as few as can take them all, `id`, `id2`, and so on. */
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
 * The sum, with a zero where there is no data. Without it an alarm would stay as it is while data is missing, whatever
 * it says about missing data, and so never go out (CloudWatch API Reference, PutMetricAlarm, on AWS/DynamoDB metrics).
 */
function sum(metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`throttles${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, label: 'Throttled', usingMetrics, period: PERIOD });
}

import { describe, expect, it } from 'vitest';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { readable, resourceOf, templateOf } from './synthesized.ts';

const alarmOf = (name: string, config = {}) =>
  resourceOf(templateOf(config), 'AWS::CloudWatch::Alarm', `AuditTrailAlarms${name}`).Properties;

describe('the alarms about throttling', () => {
  it.each([
    [
      'WritesThrottled',
      'WriteThrottleEvents',
      ['Snapshots', 'Connections', ...CONNECTIONS.indexes.map(({ name }) => name)],
    ],
    [
      'ReadsThrottled',
      'ReadThrottleEvents',
      ['Snapshots', 'Connections', ...CONNECTIONS.indexes.map(({ name }) => name)],
    ],
  ])('%s sounds at the first of %s on %j, and goes out when there are none', (name, metric, places) => {
    const alarm = alarmOf(name);
    const [sum, ...parts] = alarm.Metrics;
    expect(alarm).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
    expect(parts.map(({ MetricStat }: { MetricStat: never }) => placeOf(MetricStat))).toEqual(
      places.map((place) => `${metric} ${place}`),
    );
    // More than ten, and CloudWatch refuses the alarm.
    expect(parts.length).toBeLessThanOrEqual(10);
    // Alarms on DynamoDB's metrics stay as they are while data is missing; a zero is no missing data.
    expect(sum.Expression).toBe(parts.map(({ Id }: { Id: string }) => `FILL(${Id}, 0)`).join(' + '));
  });

  it('watch existing tables too', () => {
    const [, snapshots] = alarmOf('ReadsThrottled', { snapshotsTableName: 'Restored' }).Metrics;
    expect(snapshots.MetricStat.Metric.Dimensions).toEqual([{ Name: 'TableName', Value: 'Restored' }]);
  });
});

/** The metric and what it is of: the index if there is one, else the table. */
function placeOf({
  Metric,
}: {
  Metric: { MetricName: string; Dimensions: { Name: string; Value: unknown }[] };
}): string {
  const values = new Map(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const place = readable(values.get('GlobalSecondaryIndexName') ?? values.get('TableName'));
  return `${Metric.MetricName} ${place.replace(/^\{AuditTrailTables(\w+)[0-9A-F]{8}\}$/, '$1')}`;
}

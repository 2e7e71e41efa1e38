import { describe, expect, it } from 'vitest';
import { readable, resourceOf, templateOf } from './synthesized.ts';

const alarmOf = (name: string, config = {}) =>
  resourceOf(templateOf(config), 'AWS::CloudWatch::Alarm', `AuditTrailQueryAlarms${name}`).Properties;

describe('the alarms about questions', () => {
  it.each([
    ['QueryErrors', 'AWS/Lambda', 'Errors', 'FunctionName', 'AuditTrailQueryFunction'],
    ['QueryThrottled', 'AWS/Lambda', 'Throttles', 'FunctionName', 'AuditTrailQueryFunction'],
    ['ApiServerErrors', 'AWS/ApiGateway', '5xx', 'ApiId', 'AuditTrailApi'],
  ])('%s sounds at the first of %s %s', (name, Namespace, MetricName, dimension, of) => {
    const alarm = alarmOf(name);
    expect(alarm).toMatchObject({
      Namespace,
      MetricName,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      Dimensions: [{ Name: dimension }],
    });
    expect(readable(alarm.Dimensions[0].Value)).toMatch(new RegExp(`^\\{${of}[0-9A-F]{8}\\}$`));
  });

  it('sound at the first access that DynamoDB throttles, and go out when there are none', () => {
    const [sum, ...parts] = alarmOf('AccessesThrottled', { accessesTableName: 'Notes' }).Metrics;
    const TableName = { Name: 'TableName', Value: 'Notes' };
    expect(parts.map(({ MetricStat }: { MetricStat: { Metric: unknown } }) => MetricStat.Metric)).toEqual([
      { Namespace: 'AWS/DynamoDB', MetricName: 'WriteThrottleEvents', Dimensions: [TableName] },
      { Namespace: 'AWS/DynamoDB', MetricName: 'ReadThrottleEvents', Dimensions: [TableName] },
    ]);
    expect(sum.Expression).toBe('FILL(throttles0, 0) + FILL(throttles1, 0)');
    expect(alarmOf('AccessesThrottled')).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
  });

  it.each(['AccessesThrottled', 'ApiServerErrors'])('%s says that no answer leaves that was not noted', (name) => {
    expect(alarmOf(name).AlarmDescription).toMatch(/503/);
    expect(alarmOf(name).AlarmDescription).toMatch(/refused|no answer leaves/);
  });
});

import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { CONNECTIONS, type IndexDefinition } from '../../lambda/dynamodb/tables.ts';
import { type Resource, resourcesOf, stackOf } from './synthesized.ts';

/** The stack as it will be with two indexes more. */
function grown(): Template {
  const indexes = CONNECTIONS.indexes as IndexDefinition[];
  indexes.push(...['bySomething', 'byAnother'].map((name) => ({ name, partitionKey: name, sortKey: 'start' })));
  try {
    return Template.fromStack(stackOf());
  } finally {
    indexes.splice(-2);
  }
}

const template = grown();
const alarms = Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
interface MetricProperties {
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

const metricsOf = ({ Properties }: Resource): { MetricStat: { Metric: MetricProperties } }[] =>
  (Properties.Metrics ?? []).filter((part: object) => 'MetricStat' in part);

describe('two more indexes', () => {
  it('leave each alarm within the ten metrics that CloudWatch takes, and the names of those there were', () => {
    expect(alarms.filter(([, alarm]) => metricsOf(alarm).length > 10)).toEqual([]);
    const throttled = alarms.map(([id]) => /^AuditTrailAlarms(\w+sThrottled\d?)\w{8}$/.exec(id)?.[1]);
    expect(throttled.filter(Boolean)).toEqual([
      'WritesThrottled',
      'WritesThrottled2',
      'ReadsThrottled',
      'ReadsThrottled2',
    ]);
  });

  it.each(['WriteThrottleEvents', 'ReadThrottleEvents'])('are watched by %s, as all the others, once each', (name) => {
    const [table] = Object.values(resourcesOf(template, 'AWS::DynamoDB::Table')).filter(
      ({ Properties }) => Properties.GlobalSecondaryIndexes,
    );
    const indexes = table?.Properties.GlobalSecondaryIndexes.map(({ IndexName }: Record<string, string>) => IndexName);
    const watched = alarms
      .flatMap(([, alarm]) => metricsOf(alarm))
      .filter(({ MetricStat }) => MetricStat.Metric.MetricName === name)
      .flatMap(({ MetricStat }) => MetricStat.Metric.Dimensions)
      .flatMap(({ Name, Value }) => (Name === 'GlobalSecondaryIndexName' ? [Value] : []));
    expect(indexes).toHaveLength(10);
    expect(watched).toEqual(indexes);
  });

  it('fit into the policies of those who read them: IAM takes 6,144 characters', () => {
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::ManagedPolicy'))) {
      // A table's ARN in place of what is known at deployment only is about as long.
      expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6144);
    }
  });
});

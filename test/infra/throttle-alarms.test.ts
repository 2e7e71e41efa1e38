import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { CONNECTIONS, type IndexDefinition } from '../../lambda/dynamodb/tables.ts';
import { alarmOf, alarmsOf, plain, propertiesOf, stackOf, TABLE_NAMES } from './synthesized.ts';

interface MetricPart {
  readonly Id: string;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly Record<'Name' | 'Value', unknown>[] };
  };
}

const partsOf = ({ Metrics = [] }: { readonly Metrics?: readonly MetricPart[] }) =>
  Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);

/** The metric and what it is of: the index if there is one, else the table. */
function placeOf({ Metric }: ReturnType<typeof partsOf>[number]): string {
  const values = new Map(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
  return `${Metric.MetricName} ${plain(values.get('GlobalSecondaryIndexName') ?? values.get('TableName'))}`;
}

const ofTrail = (metric: string) =>
  ['{TablesSnapshots}', '{TablesConnections}', ...CONNECTIONS.indexes.map(({ name }) => name)].map(
    (place) => `${metric} ${place}`,
  );

describe('the alarms about throttling', () => {
  it.each([
    ['WritesThrottled', ofTrail('WriteThrottleEvents')],
    ['ReadsThrottled', ofTrail('ReadThrottleEvents')],
    ['AccessesThrottled', ['WriteThrottleEvents {TablesAccesses}', 'ReadThrottleEvents {TablesAccesses}']],
  ])('%s sounds at the first of %j, and goes out when there are none', (name, places) => {
    const alarm = alarmOf(name);
    const [sum, ...parts] = alarm.Metrics;
    expect(alarm).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
    expect(partsOf(alarm).map(placeOf)).toEqual(places);
    expect(partsOf(alarm)).toEqual(places.map(() => expect.objectContaining({ Period: 300, Stat: 'Sum' })));
    // Alarms on DynamoDB's metrics stay as they are while data is missing; a zero is no missing data.
    expect(sum.Expression).toBe(parts.map(({ Id }: MetricPart) => `FILL(${Id}, 0)`).join(' + '));
  });

  it('watch existing tables too', () => {
    const [snapshots] = partsOf(alarmOf('ReadsThrottled', TABLE_NAMES));
    expect(snapshots?.Metric.Dimensions).toEqual([{ Name: 'TableName', Value: TABLE_NAMES.snapshotsTableName }]);
  });
});

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

describe('two more indexes', () => {
  const template = grown();
  const alarms = Object.entries(alarmsOf(template));

  it('leave each alarm within the ten metrics that CloudWatch takes, and the names of those there were', () => {
    expect(alarms.filter(([, alarm]) => partsOf(alarm).length > 10)).toEqual([]);
    expect(alarms.map(([name]) => name).filter((name) => /sThrottled/.test(name))).toEqual([
      'WritesThrottled',
      'WritesThrottled2',
      'ReadsThrottled',
      'ReadsThrottled2',
      'AccessesThrottled',
    ]);
  });

  it.each(['WriteThrottleEvents', 'ReadThrottleEvents'])('are watched by %s, as all the others, once each', (name) => {
    const indexes = propertiesOf('AWS::DynamoDB::Table', template).flatMap(
      ({ GlobalSecondaryIndexes = [] }) => GlobalSecondaryIndexes as { IndexName: string }[],
    );
    const watched = alarms.flatMap(([, alarm]) => partsOf(alarm).map(placeOf));
    expect(indexes).toHaveLength(10);
    expect(watched.filter((place) => place.startsWith(`${name} by`) || place.startsWith(`${name} long`))).toEqual(
      indexes.map(({ IndexName }) => `${name} ${IndexName}`),
    );
  });

  it('fit into the policies of those who read them: IAM takes 6,144 characters', () => {
    for (const { PolicyDocument } of propertiesOf('AWS::IAM::ManagedPolicy', template)) {
      // A table's ARN in place of what is known at deployment only is about as long.
      expect(JSON.stringify(PolicyDocument).length).toBeLessThan(6144);
    }
  });
});

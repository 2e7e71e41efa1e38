import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { oldestSnapshotAllowed, silenceAllowed } from '../../lib/constructs/alarms/recording-alarms.ts';
import { alarmOf, alarmsOf, allowances, plain, propertiesOf, resourceOf } from './synthesized.ts';

const ofLambda = (MetricName: string, name: string) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(`^AuditTrail${name}Function`) } }],
});
const messagesIn = (name: string) => ({
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [
    { Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching(`^AuditTrail${name}`), 'QueueName'] } },
  ],
  Statistic: 'Maximum',
});
const reported = (MetricName: string) => ({
  Namespace: 'ClientVpnAudit',
  MetricName,
  Dimensions: [{ Name: 'service', Value: 'recorder' }],
});
const never = { Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' };

describe('the alarms', () => {
  it('are sent to the topic and say what to do; those about a recording that stopped say when it goes on, too', () => {
    for (const [name, { AlarmActions, OKActions = [], AlarmDescription }] of Object.entries(alarmsOf())) {
      expect(AlarmActions.map(plain)).toEqual(['{AlarmsAlarmTopic}']);
      expect(OKActions).toEqual(['SnapshotTooOld', 'NotInvoked'].includes(name) ? AlarmActions : []);
      expect(AlarmDescription).toMatch(/^.{100,1024}$/);
    }
  });

  it.each([
    [1, 300, 420],
    [5, 300, 900],
    [15, 900, 2100],
  ])(
    'sound at an interval of %i when in %i seconds the oldest snapshot was older than %i seconds, or unknown',
    (interval, Period, Threshold) => {
      expect(alarmOf('SnapshotTooOld', { interval })).toMatchObject({
        ...reported('OldestSnapshotAge'),
        Statistic: 'Maximum',
        Period,
        EvaluationPeriods: 1,
        Threshold,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'breaching',
      });
    },
  );

  it.each([
    [1, 11],
    [5, 15],
    [15, 25],
  ])(
    'sound at an interval of %i when the recorder was not invoked in any of %i minutes',
    (interval, EvaluationPeriods) => {
      const invocations = { Metric: ofLambda('Invocations', 'Recorder'), Period: 60, Stat: 'Sum' };
      const alarm = alarmOf('NotInvoked', { interval });
      expect(alarm).toMatchObject({
        ...never,
        EvaluationPeriods,
        Metrics: [
          { Expression: 'FILL(invocations, 0)', ReturnData: true },
          { Id: 'invocations', MetricStat: invocations, ReturnData: false },
        ],
      });
      expect(alarm).not.toHaveProperty('DatapointsToAlarm');
    },
  );

  it('sound when the export was not invoked for a day, and when nothing is known of it', () => {
    const invocations = { ...ofLambda('Invocations', 'Export'), Statistic: 'Sum', Period: 86_400 };
    expect(alarmOf('ExportNotInvoked')).toMatchObject({ ...never, ...invocations, EvaluationPeriods: 1 });
  });

  it('leave at every interval half of the 60 minutes after a recorder died, and are silent about one lost recording', () => {
    for (let minutes = 1; minutes <= 15; minutes++) {
      const interval = Duration.minutes(minutes);
      expect(silenceAllowed(interval).toMinutes()).toBeLessThanOrEqual(30);
      // Jitter of a minute or two, and three until the metric is there.
      expect(silenceAllowed(interval).toMinutes()).toBeGreaterThanOrEqual(minutes + 5);
      expect(oldestSnapshotAllowed(interval).toMinutes()).toBeGreaterThan(2 * minutes);
    }
  });

  const api = { Name: 'ApiId', Value: { Ref: expect.stringMatching(/^AuditTrailApi[0-9A-F]{8}$/) } };
  it.each<[name: string, metric: object]>([
    ['RecorderErrors', ofLambda('Errors', 'Recorder')],
    ['UndeliveredNotEmpty', messagesIn('ScheduleUndelivered')],
    ['FailedRecordingsNotEmpty', messagesIn('RecorderFailedRecordings')],
    ['RowsUnparsed', reported('UnparsedRows')],
    ['QueryErrors', ofLambda('Errors', 'Query')],
    ['QueryThrottled', ofLambda('Throttles', 'Query')],
    ['ApiServerErrors', { Namespace: 'AWS/ApiGateway', MetricName: '5xx', Dimensions: [api] }],
    ['ExportErrors', ofLambda('Errors', 'Export')],
    ['FailedExportsNotEmpty', messagesIn('ExportFailedExports')],
    ['UndeliveredExportsNotEmpty', messagesIn('DailyExportUndelivered')],
  ])('%s sounds at the first of %o', (name, metric) => {
    expect(alarmOf(name)).toMatchObject({
      Statistic: 'Sum',
      ...metric,
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('expect no daily run where none is scheduled', () => {
    const [all, without] = [{}, { dailyExportHour: 'off' }].map((config) => new Set(Object.keys(alarmsOf(config))));
    expect([...(all?.difference(without ?? new Set()) ?? [])]).toEqual([
      'UndeliveredExportsNotEmpty',
      'ExportNotInvoked',
    ]);
  });

  it.each([
    ['RecorderErrors', /checkpoint could not be signed or archived.*cvpn-audit verify/],
    ['AccessesThrottled', /refused with 503/],
    ['ApiServerErrors', /503.*no answer leaves/],
  ])('%s says what else it means: %s', (name, meaning) => {
    expect(alarmOf(name).AlarmDescription).toMatch(meaning);
  });
});

describe('the alarm topic', () => {
  it('is encrypted by a key that rotates, and that CloudWatch may use', () => {
    const { EnableKeyRotation, KeyPolicy } = resourceOf('AWS::KMS::Key', 'AuditTrailAlarmsAlarmTopicKey').Properties;
    expect(EnableKeyRotation).toBe(true);
    expect(KeyPolicy.Statement[1]).toMatchObject({ Principal: { Service: 'cloudwatch.amazonaws.com' } });
    expect(allowances(KeyPolicy)).toEqual(
      ['kms:*', 'kms:Decrypt', 'kms:GenerateDataKey*'].map((a) => `Allow ${a} on *`),
    );
    expect(propertiesOf('AWS::SNS::Topic').map((topic) => plain(topic.KmsMasterKeyId))).toEqual([
      '{AlarmsAlarmTopicKey.Arn}',
    ]);
  });

  it('takes messages from the alarms of this account, and from nobody without TLS', () => {
    const [policy] = propertiesOf('AWS::SNS::TopicPolicy');
    expect(allowances(policy?.PolicyDocument).map(plain)).toEqual([
      'Allow sns:Publish on {AlarmsAlarmTopic} if aws:SourceAccount StringEquals {AWS::AccountId}',
      'Deny sns:Publish on {AlarmsAlarmTopic} if aws:SecureTransport Bool false',
    ]);
    expect(policy?.PolicyDocument.Statement).toMatchObject([
      { Principal: '*' },
      { Principal: { Service: 'cloudwatch.amazonaws.com' } },
    ]);
  });

  it('is subscribed by e-mail where an address is configured, and by nobody else', () => {
    const subscribers = (config = {}) => propertiesOf('AWS::SNS::Subscription', config);
    expect(subscribers()).toEqual([]);
    expect(subscribers({ alarmEmail: 'audit@example.org' })).toMatchObject([
      { Protocol: 'email', Endpoint: 'audit@example.org' },
    ]);
  });
});

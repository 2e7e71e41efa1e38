import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { oldestSnapshotAllowed, silenceAllowed } from '../../lib/constructs/alarms/recording-alarms.ts';
import { readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const alarmOf = (name: string, config = {}) =>
  resourceOf(templateOf(config), ALARM, `AuditTrailAlarms${name}`).Properties;
const topic = { Ref: expect.stringMatching(/^AuditTrailAlarmsAlarmTopic/) };

describe('the alarms', () => {
  it('are these, each sent to the topic and saying what to do', () => {
    const alarms = Object.entries(resourcesOf(templateOf(), ALARM));
    expect(alarms.map(([id]) => id.replace(/^AuditTrail(Query|Export)?Alarms/, '').slice(0, -8))).toEqual([
      'SnapshotTooOld',
      'NotInvoked',
      'RecorderErrors',
      'UndeliveredNotEmpty',
      'FailedRecordingsNotEmpty',
      'RowsUnparsed',
      'WritesThrottled',
      'ReadsThrottled',
      'QueryErrors',
      'QueryThrottled',
      'ApiServerErrors',
      'AccessesThrottled',
      'ExportErrors',
      'FailedExportsNotEmpty',
      'UndeliveredExportsNotEmpty',
      'ExportNotInvoked',
    ]);
    for (const [, { Properties }] of alarms) {
      expect(Properties.AlarmActions).toEqual([topic]);
      expect(Properties.AlarmDescription).toMatch(/^.{100,1024}$/);
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
        Namespace: 'ClientVpnAudit',
        MetricName: 'OldestSnapshotAge',
        Dimensions: [{ Name: 'service', Value: 'recorder' }],
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
      const alarm = alarmOf('NotInvoked', { interval });
      expect(alarm).toMatchObject({
        EvaluationPeriods,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
        Metrics: [
          { Expression: 'FILL(invocations, 0)', ReturnData: true },
          {
            Id: 'invocations',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/Lambda',
                MetricName: 'Invocations',
                Dimensions: [
                  { Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^AuditTrailRecorderFunction/) } },
                ],
              },
              Period: 60,
              Stat: 'Sum',
            },
            ReturnData: false,
          },
        ],
      });
      expect(alarm.DatapointsToAlarm).toBeUndefined();
    },
  );

  it('leave at every interval half of the 60 minutes after a recorder died, and are silent about one lost recording', () => {
    for (let minutes = 1; minutes <= 15; minutes++) {
      const interval = Duration.minutes(minutes);
      expect(silenceAllowed(interval).toMinutes()).toBeLessThanOrEqual(30);
      // Jitter of a minute or two, and three until the metric is there.
      expect(silenceAllowed(interval).toMinutes()).toBeGreaterThanOrEqual(minutes + 5);
      expect(oldestSnapshotAllowed(interval).toMinutes()).toBeGreaterThan(2 * minutes);
    }
  });

  it('say when recording goes on, those that said that it had stopped and no others', () => {
    const withOk = Object.entries(resourcesOf(templateOf(), ALARM)).filter(
      ([, { Properties }]) => Properties.OKActions,
    );
    expect(withOk.map(([id]) => id.slice(0, -8))).toEqual([
      'AuditTrailAlarmsSnapshotTooOld',
      'AuditTrailAlarmsNotInvoked',
    ]);
  });

  it.each([
    ['RecorderErrors', 'AWS/Lambda', 'Errors', 'Sum', 'AuditTrailRecorderFunction'],
    [
      'UndeliveredNotEmpty',
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      'Maximum',
      'AuditTrailScheduleUndelivered',
    ],
    [
      'FailedRecordingsNotEmpty',
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      'Maximum',
      'AuditTrailRecorderFailedRecordings',
    ],
    ['RowsUnparsed', 'ClientVpnAudit', 'UnparsedRows', 'Sum', 'recorder'],
  ])('%s sounds at the first of %s %s', (name, Namespace, MetricName, Statistic, of) => {
    const alarm = alarmOf(name);
    expect(alarm).toMatchObject({
      Namespace,
      MetricName,
      Statistic,
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(readable(alarm.Dimensions[0].Value)).toContain(of);
  });
});

import { describe, expect, it } from 'vitest';
import { readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const alarmOf = (name: string) => resourceOf(templateOf(), ALARM, `AuditTrailExportAlarms${name}`).Properties;

describe('the alarms about exports', () => {
  const queue = ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'] as const;
  it.each([
    ['ExportErrors', 'AWS/Lambda', 'Errors', 'Sum', 'AuditTrailExportFunction'],
    ['FailedExportsNotEmpty', ...queue, 'AuditTrailExportFailedExports'],
    ['UndeliveredExportsNotEmpty', ...queue, 'AuditTrailDailyExportUndelivered'],
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

  it('sound when the function was not invoked for a day, and when nothing is known of it', () => {
    const alarm = alarmOf('ExportNotInvoked');
    expect(alarm).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Statistic: 'Sum',
      Period: 86_400,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(readable(alarm.Dimensions[0].Value)).toMatch(/^\{AuditTrailExportFunction\w{8}\}$/);
  });

  it('expect no daily run where none is scheduled', () => {
    const ids = Object.keys(resourcesOf(templateOf({ dailyExportHour: 'off' }), ALARM));
    expect(ids.filter((id) => id.startsWith('AuditTrailExport')).map((id) => id.slice(0, -8))).toEqual([
      'AuditTrailExportAlarmsExportErrors',
      'AuditTrailExportAlarmsFailedExportsNotEmpty',
    ]);
  });

  it('include a checkpoint that could not be signed or archived, which makes the recording fail', () => {
    const { AlarmDescription } = resourceOf(templateOf(), ALARM, 'AuditTrailAlarmsRecorderErrors').Properties;
    expect(AlarmDescription).toContain('checkpoint could not be signed or archived');
    expect(AlarmDescription).toContain('cvpn-audit verify');
  });
});

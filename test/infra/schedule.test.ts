import { describe, expect, it } from 'vitest';
import { resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const scheduleOf = (config = {}) =>
  resourceOf(templateOf(config), 'AWS::Scheduler::Schedule', 'AuditTrailSchedule').Properties;

describe('the schedule', () => {
  it.each([
    [1, 'rate(1 minute)'],
    [5, 'rate(5 minutes)'],
    [15, 'rate(15 minutes)'],
  ])('fires at an interval of %i at a %s', (interval, expression) => {
    expect(scheduleOf({ interval }).ScheduleExpression).toBe(expression);
  });

  it('fires at its time and not within a window', () => {
    expect(scheduleOf()).toMatchObject({ FlexibleTimeWindow: { Mode: 'OFF' }, State: 'ENABLED' });
  });

  it('sends the scheduled time as the slot, so that a second delivery meets the work of the first', () => {
    expect(scheduleOf().Target).toMatchObject({
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailRecorderFunction/), 'Arn'] },
      Input: '{"slot":"<aws.scheduler.scheduled-time>"}',
    });
  });

  it('tries to deliver within the interval only, and keeps what it could not deliver in a queue of its own', () => {
    expect(scheduleOf({ interval: 10 }).Target).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 5 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailScheduleUndelivered/), 'Arn'] } },
    });
  });
});

describe('the schedule of the daily export', () => {
  const dailyOf = (config = {}) =>
    resourceOf(templateOf(config), 'AWS::Scheduler::Schedule', 'AuditTrailDailyExport').Properties;

  it.each([
    [{}, 'cron(0 2 * * ? *)'],
    [{ dailyExportHour: 0 }, 'cron(0 0 * * ? *)'],
    [{ dailyExportHour: 23 }, 'cron(0 23 * * ? *)'],
  ])('for %j fires at %s, UTC', (config, expression) => {
    expect(dailyOf(config)).toMatchObject({
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
  });

  it('sends the scheduled time, so that a second delivery meets the work of the first', () => {
    expect(dailyOf().Target).toMatchObject({
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailExportFunction/), 'Arn'] },
      Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
    });
  });

  it('tries to deliver for hours, and keeps what it could not deliver in a queue of its own', () => {
    expect(dailyOf().Target).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 5 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailDailyExportUndelivered/), 'Arn'] } },
    });
  });

  it('is not there where it is off, with its role and its queue', () => {
    const { Resources } = templateOf({ dailyExportHour: 'off' }).toJSON();
    expect(Object.keys(Resources).filter((id) => id.startsWith('AuditTrailDailyExport'))).toEqual([]);
    expect(Object.keys(resourcesOf(templateOf(), 'AWS::Scheduler::Schedule'))).toHaveLength(2);
  });
});

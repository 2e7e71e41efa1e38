import { describe, expect, it } from 'vitest';
import { plain, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const scheduleOf = (name: string, config = {}) =>
  resourceOf('AWS::Scheduler::Schedule', `AuditTrail${name}`, config).Properties;

describe('the schedule', () => {
  it.each([
    ['Schedule', { interval: 1 }, 'rate(1 minute)'],
    ['Schedule', { interval: 5 }, 'rate(5 minutes)'],
    ['Schedule', { interval: 15 }, 'rate(15 minutes)'],
    ['DailyExport', {}, 'cron(0 2 * * ? *)'],
    ['DailyExport', { dailyExportHour: 0 }, 'cron(0 0 * * ? *)'],
    ['DailyExport', { dailyExportHour: 23 }, 'cron(0 23 * * ? *)'],
  ])('%s fires for %j at %s, UTC, and not within a window', (name, config, expression) => {
    expect(scheduleOf(name, config)).toMatchObject({
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
  });

  it.each([
    ['Schedule', 'Recorder', 'slot', 600],
    ['DailyExport', 'Export', 'scheduledTime', 21_600],
  ])(
    '%s sends %s the scheduled time, so that a second delivery meets the work of the first, and keeps what it could not deliver in time',
    (name, target, member, seconds) => {
      const { Target, GroupName } = scheduleOf(name, { interval: 10 });
      expect(Target.Input).toBe(`{"${member}":"<aws.scheduler.scheduled-time>"}`);
      expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: 5 });
      expect([Target.Arn, Target.RoleArn, Target.DeadLetterConfig.Arn].map(plain)).toEqual([
        `{${target}Function.Arn}`,
        `{${name}Role.Arn}`,
        `{${name}Undelivered.Arn}`,
      ]);
      // The role trusts the schedules of this group alone.
      expect(resourceOf('AWS::Scheduler::ScheduleGroup', `AuditTrail${name}`).Properties).toEqual({ Name: GroupName });
    },
  );

  it('of the daily export is not there where it is off, with its role and its queue', () => {
    const { Resources } = templateOf({ dailyExportHour: 'off' }).toJSON();
    expect(Object.keys(Resources).filter((id) => id.startsWith('AuditTrailDailyExport'))).toEqual([]);
    expect(Object.keys(resourcesOf('AWS::Scheduler::Schedule'))).toHaveLength(2);
  });
});

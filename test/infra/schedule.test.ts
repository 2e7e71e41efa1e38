import { describe, expect, it } from 'vitest';
import { resourceOf, templateOf } from './synthesized.ts';

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

import { Duration } from 'aws-cdk-lib';

/**
 * How old the newest snapshot of any endpoint may be: two intervals, so that one lost recording is no alarm, and five
 * minutes for the recording itself.
 */
export function oldestSnapshotAllowed(interval: Duration): Duration {
  return Duration.minutes(2 * interval.toMinutes() + 5);
}

/**
 * How long the recorder may not be invoked at all. One interval and ten minutes: a minute or two of jitter in the
 * Scheduler and three until the metric arrives stay far below it, and at the longest interval (15 minutes) it leaves
 * half of the 60 minutes that AWS remembers.
 */
export function silenceAllowed(interval: Duration): Duration {
  return Duration.minutes(interval.toMinutes() + 10);
}

/**
 * The period of the alarms on what a run reports: the interval, so that each period holds a run, but no less than five
 * minutes, because metrics that come by way of a log can be minutes late.
 */
export function reportPeriod(interval: Duration): Duration {
  return Duration.minutes(Math.max(5, interval.toMinutes()));
}

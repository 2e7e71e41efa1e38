import { Duration } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** The metric of an alarm, and the number of periods; default one. */
type Watch = Omit<AlarmProps, 'evaluationPeriods'> & { readonly periods?: number };

/** Fires at the first event of a kind that should never occur. */
export const ONE_OR_MORE = {
  threshold: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  // These metrics exist only when there is something to count.
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

/** Makes an alarm that notifies the topic when it fires. */
export function trailAlarm(scope: Construct, id: string, topic: ITopic, { periods = 1, ...watch }: Watch): Alarm {
  const alarm = new Alarm(scope, id, { ...watch, evaluationPeriods: periods });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

/** Makes the alarm of a queue that should be empty. */
export function queueAlarm(scope: Construct, id: string, topic: ITopic, queue: IQueue, alarmDescription: string): void {
  const metric = queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' });
  trailAlarm(scope, `${id}NotEmpty`, topic, { ...ONE_OR_MORE, metric, alarmDescription });
}

/** Fires when there is too little of something that should always come; missing data count as none. */
export const LESS_THAN_ONE = {
  threshold: 1,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
};

import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** What an alarm watches, and in how many periods it must be so; one unless given. */
export type Watch = Omit<AlarmProps, 'evaluationPeriods'> & { readonly periods?: number };

/** Sounds at the first of what should not be at all. */
export const ONE_OR_MORE = {
  threshold: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  // These metrics exist only when there is something to count.
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

/** Makes an alarm that is sent to the topic when it sounds. */
export function trailAlarm(scope: Construct, id: string, topic: ITopic, { periods = 1, ...watch }: Watch): Alarm {
  const alarm = new Alarm(scope, id, { ...watch, evaluationPeriods: periods });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

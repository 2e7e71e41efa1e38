import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** The metric of an alarm, and the number of periods; default one. */
export type Watch = Omit<AlarmProps, 'evaluationPeriods'> & { readonly periods?: number };

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

import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as TEXTS from './alarm-texts.ts';
import { ONE_OR_MORE, trailAlarm } from './trail-alarm.ts';

/** What {@link ExportAlarms} watches, and where its alarms go. */
export interface ExportAlarmsProps {
  readonly exporter: IFunction;
  readonly failedExports: IQueue;
  /** Undelivered events of the schedule; absent where exports are not scheduled. */
  readonly undelivered: IQueue | undefined;
  readonly topic: ITopic;
}

/** The alarms for days that are not exported and exports that cannot be signed. */
export class ExportAlarms extends Construct {
  constructor(scope: Construct, id: string, { exporter, failedExports, undelivered, topic }: ExportAlarmsProps) {
    super(scope, id);
    trailAlarm(this, 'ExportErrors', topic, {
      ...ONE_OR_MORE,
      metric: exporter.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      alarmDescription: TEXTS.exportErrors,
    });
    const queues: [string, IQueue | undefined][] = [
      ['FailedExports', failedExports],
      ['UndeliveredExports', undelivered],
    ];
    for (const [name, queue] of queues) {
      if (queue === undefined) continue;
      trailAlarm(this, `${name}NotEmpty`, topic, {
        ...ONE_OR_MORE,
        metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
        alarmDescription: TEXTS.failedExports,
      });
    }
    if (undelivered === undefined) return;
    trailAlarm(this, 'ExportNotInvoked', topic, {
      metric: exporter.metricInvocations({ period: Duration.days(1), statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: TEXTS.exportNotInvoked,
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as TEXTS from './alarm-texts.ts';
import { LESS_THAN_ONE, ONE_OR_MORE, queueAlarm, trailAlarm } from './trail-alarm.ts';

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
    queueAlarm(this, 'FailedExports', topic, failedExports, TEXTS.failedExports);
    if (undelivered === undefined) return;
    queueAlarm(this, 'UndeliveredExports', topic, undelivered, TEXTS.failedExports);
    trailAlarm(this, 'ExportNotInvoked', topic, {
      ...LESS_THAN_ONE,
      metric: exporter.metricInvocations({ period: Duration.days(1), statistic: 'Sum' }),
      alarmDescription: TEXTS.exportNotInvoked,
    });
  }
}

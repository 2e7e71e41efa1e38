import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRIC_SERVICE, METRICS } from '../../../lambda/recorder/metric-names.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import * as TEXTS from './alarm-texts.ts';
import { oldestSnapshotAllowed, reportPeriod, silenceAllowed } from './alarm-timing.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { readThrottles, writeThrottles } from './throttle-metrics.ts';
import { ONE_OR_MORE, trailAlarm, type Watch } from './trail-alarm.ts';

/** What {@link RecordingAlarms} watches. */
export interface RecordingAlarmsProps {
  readonly interval: Duration;
  readonly recorder: IFunction;
  readonly undelivered: IQueue;
  readonly failedRecordings: IQueue;
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly email: string | undefined;
}

/** The alarms that watch the recorder from outside it, and the topic they go to (ADR 10). */
export class RecordingAlarms extends Construct {
  readonly topic: Topic;
  /** Those that sound when nothing is recorded; the rest are about parts. */
  readonly vital: readonly Alarm[];
  readonly #props: RecordingAlarmsProps;

  constructor(scope: Construct, id: string, props: RecordingAlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.topic = new AlarmTopic(this, 'AlarmTopic', props.email).topic;
    this.vital = [this.#snapshotTooOld(), this.#notInvoked()];
    // It matters when recording goes on: from there the gap is known. Of the other alarms the end is no news.
    for (const alarm of this.vital) {
      alarm.addOkAction(new SnsAction(this.topic));
    }
    this.#recorderErrors();
    this.#queueNotEmpty('Undelivered', props.undelivered, TEXTS.undelivered);
    this.#queueNotEmpty('FailedRecordings', props.failedRecordings, TEXTS.failedRecordings);
    this.#rowsUnparsed();
    this.#throttled('WritesThrottled', writeThrottles(props.snapshots, props.connections), TEXTS.writesThrottled);
    this.#throttled('ReadsThrottled', readThrottles(props.snapshots, props.connections), TEXTS.readsThrottled);
  }

  #snapshotTooOld(): Alarm {
    const allowed = oldestSnapshotAllowed(this.#props.interval);
    return this.#alarm('SnapshotTooOld', {
      metric: this.#reported(METRICS.oldestSnapshotAge, 'Maximum'),
      threshold: allowed.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: TEXTS.snapshotTooOld(allowed.toMinutes()),
    });
  }

  /**
   * The dead man's switch. CloudWatch looks further back than the evaluation periods when data is missing, which at long
   * periods delays an alarm for periods on end (CloudWatch User Guide, "evaluation range"); zeros filled in at periods of a
   * minute leave nothing missing, so it sounds when the silence is as long as allowed.
   */
  #notInvoked(): Alarm {
    const allowed = silenceAllowed(this.#props.interval).toMinutes();
    const period = Duration.minutes(1);
    return this.#alarm('NotInvoked', {
      metric: new MathExpression({
        expression: 'FILL(invocations, 0)',
        label: 'Invocations of the recorder',
        usingMetrics: { invocations: this.#props.recorder.metricInvocations({ period, statistic: 'Sum' }) },
        period,
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      periods: allowed,
      alarmDescription: TEXTS.notInvoked(allowed),
    });
  }

  #recorderErrors(): void {
    this.#alarm('RecorderErrors', {
      ...ONE_OR_MORE,
      metric: this.#props.recorder.metricErrors({ period: reportPeriod(this.#props.interval), statistic: 'Sum' }),
      alarmDescription: TEXTS.recorderErrors,
    });
  }

  #rowsUnparsed(): void {
    this.#alarm('RowsUnparsed', {
      ...ONE_OR_MORE,
      metric: this.#reported(METRICS.unparsedRows, 'Sum'),
      alarmDescription: TEXTS.rowsUnparsed,
    });
  }

  #queueNotEmpty(name: string, queue: IQueue, alarmDescription: string): void {
    this.#alarm(`${name}NotEmpty`, {
      ...ONE_OR_MORE,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      alarmDescription,
    });
  }

  #throttled(id: string, metric: IMetric, alarmDescription: string): void {
    this.#alarm(id, { ...ONE_OR_MORE, metric, alarmDescription });
  }

  #reported(metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service: METRIC_SERVICE },
      statistic,
      period: reportPeriod(this.#props.interval),
    });
  }

  #alarm(id: string, watch: Watch): Alarm {
    return trailAlarm(this, id, this.topic, watch);
  }
}

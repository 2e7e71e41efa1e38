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
import { CONNECTIONS, SNAPSHOTS } from '../../../lambda/dynamodb/tables.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE, METRICS, TARGET_DIMENSION } from '../../../lambda/recorder/metric-names.ts';
import type { RecordedTarget } from '../../recorded-targets.ts';
import type { TrailTables } from '../storage/trail-tables.ts';
import * as TEXTS from './alarm-texts.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { throttleAlarms, throttles } from './throttle-alarms.ts';
import { LESS_THAN_ONE, ONE_OR_MORE, queueAlarm, trailAlarm } from './trail-alarm.ts';

/** What {@link RecordingAlarms} watches. */
export interface RecordingAlarmsProps {
  readonly interval: Duration;
  readonly recorder: IFunction;
  readonly undelivered: IQueue;
  readonly failedRecordings: IQueue;
  readonly tables: Pick<TrailTables, 'snapshots' | 'connections'>;
  readonly email: string | undefined;
  /** Each has an alarm of its own about its oldest snapshot. Undefined where the account and Region of the stack are recorded. */
  readonly targets: readonly RecordedTarget[] | undefined;
}

/**
 * The maximum age of any endpoint's newest snapshot: two intervals, so that one lost recording does not raise an alarm, plus
 * five minutes for the recording itself.
 */
export function oldestSnapshotAllowed(interval: Duration): Duration {
  return Duration.minutes(2 * interval.toMinutes() + 5);
}

/**
 * The maximum time without an invocation of the recorder: one interval plus ten minutes. The Scheduler's jitter (a minute or
 * two) and the metric's delay (three minutes) stay far below it. At the longest interval (15 minutes) it leaves
 * half of the 60 minutes that AWS remembers.
 */
export function silenceAllowed(interval: Duration): Duration {
  return Duration.minutes(interval.toMinutes() + 10);
}

/**
 * The period of the alarms on a run's metrics: the interval, so that each period has a run, but at least five minutes,
 * because metrics from a log can be minutes late.
 */
export function reportPeriod(interval: Duration): Duration {
  return Duration.minutes(Math.max(5, interval.toMinutes()));
}

/** The alarms that watch the recorder from outside it, and the topic they go to (ADR 10). */
export class RecordingAlarms extends Construct {
  readonly topic: Topic;
  /** The alarms that fire when nothing is recorded; the others are about parts. */
  readonly vital: readonly Alarm[];
  readonly #props: RecordingAlarmsProps;

  constructor(scope: Construct, id: string, props: RecordingAlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.topic = new AlarmTopic(this, 'AlarmTopic', props.email).topic;
    const tooOld = props.targets?.map((target) => this.#snapshotTooOld(target)) ?? [this.#snapshotTooOld()];
    this.vital = [...tooOld, this.#notInvoked()];
    // The recovery matters here, because it ends the gap. The recovery of other alarms does not.
    for (const alarm of this.vital) {
      alarm.addOkAction(new SnsAction(this.topic));
    }
    const period = reportPeriod(props.interval);
    this.#oneOrMore('RecorderErrors', props.recorder.metricErrors({ period, statistic: 'Sum' }), TEXTS.recorderErrors);
    queueAlarm(this, 'Undelivered', this.topic, props.undelivered, TEXTS.undelivered);
    queueAlarm(this, 'FailedRecordings', this.topic, props.failedRecordings, TEXTS.failedRecordings);
    this.#oneOrMore('RowsUnparsed', this.#reported(METRICS.unparsedRows, 'Sum'), TEXTS.rowsUnparsed);
    this.#throttled('Write', TEXTS.writesThrottled);
    this.#throttled('Read', TEXTS.readsThrottled);
  }

  #snapshotTooOld(target?: RecordedTarget): Alarm {
    const allowed = oldestSnapshotAllowed(this.#props.interval);
    return trailAlarm(this, target ? `SnapshotTooOld-${target.id}` : 'SnapshotTooOld', this.topic, {
      metric: this.#reported(METRICS.oldestSnapshotAge, 'Maximum', target),
      threshold: allowed.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: TEXTS.snapshotTooOld(allowed.toMinutes(), target?.name),
    });
  }

  /**
   * The dead man's switch. If data is missing, CloudWatch looks further back than the evaluation periods, which with long
   * periods delays an alarm considerably (CloudWatch User Guide, "evaluation range"). With missing minutes filled with
   * zeros no data is missing, so it fires when the allowed time is over.
   */
  #notInvoked(): Alarm {
    const allowed = silenceAllowed(this.#props.interval).toMinutes();
    const period = Duration.minutes(1);
    return trailAlarm(this, 'NotInvoked', this.topic, {
      ...LESS_THAN_ONE,
      metric: new MathExpression({
        expression: 'FILL(invocations, 0)',
        label: 'Invocations of the recorder',
        usingMetrics: { invocations: this.#props.recorder.metricInvocations({ period, statistic: 'Sum' }) },
        period,
      }),
      periods: allowed,
      alarmDescription: TEXTS.notInvoked(allowed),
    });
  }

  #oneOrMore(id: string, metric: IMetric, alarmDescription: string): void {
    trailAlarm(this, id, this.topic, { ...ONE_OR_MORE, metric, alarmDescription });
  }

  #throttled(what: 'Read' | 'Write', description: string): void {
    const { snapshots, connections } = this.#props.tables;
    const metrics = [...throttles(what, snapshots, SNAPSHOTS), ...throttles(what, connections, CONNECTIONS)];
    throttleAlarms(this, `${what}sThrottled`, this.topic, metrics, description);
  }

  #reported(metricName: string, statistic: string, target?: RecordedTarget): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service: METRIC_SERVICE, ...(target ? { [TARGET_DIMENSION]: target.name } : {}) },
      statistic,
      period: reportPeriod(this.#props.interval),
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AuditTrailProps } from './audit-trail-props.ts';
import { QueryAlarms } from './query-alarms.ts';
import { QueryApi } from './query-api.ts';
import { QueryFunction } from './query-function.ts';
import { RecorderFunction } from './recorder-function.ts';
import { RecordingAlarms } from './recording-alarms.ts';
import { RecordingSchedule } from './recording-schedule.ts';
import { TrailTables } from './trail-tables.ts';

/**
 * A lasting trail of the connections of AWS Client VPN endpoints of one account and Region: three tables, a function
 * that records into them on a schedule, an API that answers questions about what was recorded, and the alarms that say
 * when either does not.
 *
 * One in a Region and account: the recorder's metrics carry no name of a trail, so the alarms of two would hear both.
 */
export class AuditTrail extends Construct {
  readonly tables: TrailTables;
  readonly recorder: RecorderFunction;
  readonly schedule: RecordingSchedule;
  readonly alarms: RecordingAlarms;
  readonly query: QueryFunction;
  readonly api: QueryApi;
  readonly queryAlarms: QueryAlarms;

  /** @throws ZodError where the interval, page size, epsilon, retention or an endpoint id is not one the functions take */
  constructor(scope: Construct, id: string, props: AuditTrailProps = {}) {
    super(scope, id);
    const interval = props.interval ?? Duration.minutes(5);
    const epsilon = props.epsilon ?? Duration.seconds(120);
    const logRetention = props.logRetention ?? RetentionDays.THREE_MONTHS;
    this.tables = new TrailTables(this, 'Tables', props);
    const { snapshots, connections, accesses, encryptionKey } = this.tables;
    this.recorder = new RecorderFunction(this, 'Recorder', {
      endpoints: props.endpoints ?? 'all',
      interval,
      pageSize: props.pageSize ?? 1000,
      epsilon,
      retention: props.retention,
      snapshots,
      connections,
      encryptionKey,
      logRetention,
    });
    this.schedule = new RecordingSchedule(this, 'Schedule', { recorder: this.recorder.function, interval });
    this.alarms = new RecordingAlarms(this, 'Alarms', {
      interval,
      recorder: this.recorder.function,
      undelivered: this.schedule.undelivered,
      failedRecordings: this.recorder.failedRecordings,
      snapshots,
      connections,
      email: props.alarmEmail,
    });
    const query = { interval, epsilon, snapshots, connections, accesses, encryptionKey, logRetention };
    this.query = new QueryFunction(this, 'Query', query);
    this.api = new QueryApi(this, 'Api', {
      query: this.query.function,
      rateLimit: props.apiRateLimit ?? 20,
      burstLimit: props.apiBurstLimit ?? 50,
      logRetention,
    });
    this.queryAlarms = new QueryAlarms(this, 'QueryAlarms', {
      query: this.query.function,
      api: this.api.api,
      accesses,
      topic: this.alarms.topic,
    });
  }
}

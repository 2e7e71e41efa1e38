import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { RecorderFunction } from './recorder-function.ts';
import { RecordingAlarms } from './recording-alarms.ts';
import { RecordingSchedule } from './recording-schedule.ts';
import { TrailTables } from './trail-tables.ts';

/** Settings of an {@link AuditTrail}; all have defaults. */
export interface AuditTrailProps {
  /**
   * The Client VPN endpoints to record: `all` of the account and Region, those of tomorrow too, or their ids.
   *
   * @default 'all'
   */
  readonly endpoints?: 'all' | readonly string[] | undefined;
  /**
   * Time between two recordings: whole minutes, 1 to 15.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration | undefined;
  /**
   * Rows a page of DescribeClientVpnConnections, 5 to 1000.
   *
   * @default 1000
   */
  readonly pageSize?: number | undefined;
  /**
   * Allowance for clock skew and listing lag in the statements about coverage, at most 15 minutes.
   *
   * @default Duration.seconds(120)
   */
  readonly epsilon?: Duration | undefined;
  /**
   * How long chunks and ended connections are kept, in whole days. Manifests stay for ever.
   *
   * @default - for ever
   */
  readonly retention?: Duration | undefined;
  /**
   * What encrypts the tables at rest: `aws-owned`, `customer-managed` (a key made here, rotated every year), or the
   * ARN of an existing symmetric KMS key of this account and Region, whose policy must leave access to IAM.
   *
   * @default 'aws-owned'
   */
  readonly encryption?: string | undefined;
  /**
   * Name of an existing Snapshots table (a restore), used as it is.
   *
   * @default - a table is made
   */
  readonly snapshotsTableName?: string | undefined;
  /**
   * Name of an existing Connections table (a restore, a rebuilt projection), used as it is.
   *
   * @default - a table is made
   */
  readonly connectionsTableName?: string | undefined;
  /**
   * Who gets the alarms by e-mail, after confirming the subscription.
   *
   * @default - nobody; subscribe to the topic by other means
   */
  readonly alarmEmail?: string | undefined;
  /**
   * How long the recorder's operating log is kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * What becomes of the tables, and of a key made here, when the stack is deleted. With `RETAIN` the tables are also
   * protected from deletion.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/**
 * A lasting trail of the connections of AWS Client VPN endpoints of one account and Region: two tables, a function
 * that records into them on a schedule, and the alarms that say when it does not.
 *
 * One in a Region and account: the recorder's metrics carry no name of a trail, so the alarms of two would hear both.
 */
export class AuditTrail extends Construct {
  readonly tables: TrailTables;
  readonly recorder: RecorderFunction;
  readonly schedule: RecordingSchedule;
  readonly alarms: RecordingAlarms;

  /** @throws ZodError where the interval, page size, epsilon, retention or an endpoint id is not one the recorder takes */
  constructor(scope: Construct, id: string, props: AuditTrailProps = {}) {
    super(scope, id);
    const interval = props.interval ?? Duration.minutes(5);
    this.tables = new TrailTables(this, 'Tables', props);
    this.recorder = new RecorderFunction(this, 'Recorder', {
      endpoints: props.endpoints ?? 'all',
      interval,
      pageSize: props.pageSize ?? 1000,
      epsilon: props.epsilon ?? Duration.seconds(120),
      retention: props.retention,
      snapshots: this.tables.snapshots,
      connections: this.tables.connections,
      encryptionKey: this.tables.encryptionKey,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    });
    this.schedule = new RecordingSchedule(this, 'Schedule', { recorder: this.recorder.function, interval });
    this.alarms = new RecordingAlarms(this, 'Alarms', {
      interval,
      recorder: this.recorder.function,
      undelivered: this.schedule.undelivered,
      failedRecordings: this.recorder.failedRecordings,
      snapshots: this.tables.snapshots,
      connections: this.tables.connections,
      email: props.alarmEmail,
    });
  }
}

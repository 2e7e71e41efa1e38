import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Settings of an `AuditTrail`; all have defaults. */
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
   * Name of an existing Accesses table (a restore), used as it is.
   *
   * @default - a table is made
   */
  readonly accessesTableName?: string | undefined;
  /**
   * Name of an existing bucket for the archive, maybe of another account, used as it is.
   *
   * @default - a bucket is made
   */
  readonly archiveBucketName?: string | undefined;
  /**
   * How long no version of an archived object can be deleted (S3 Object Lock), in whole days.
   *
   * @default - no lock
   */
  readonly archiveLock?: Duration | undefined;
  /**
   * `governance`: who has s3:BypassGovernanceRetention can still delete. `compliance`: nobody can, AWS included, and it cannot be
   * undone.
   *
   * @default 'governance'
   */
  readonly archiveLockMode?: 'governance' | 'compliance' | undefined;
  /**
   * ARN of an existing KMS key (ECC_NIST_EDWARDS25519) that signs, after a restore.
   *
   * @default - a key is made
   */
  readonly signingKeyArn?: string | undefined;
  /**
   * The hour (UTC) at which the day before is exported into the archive, or `off`.
   *
   * @default 2
   */
  readonly dailyExportHour?: number | 'off' | undefined;
  /**
   * Requests a second that the API lets through for long, of all callers together; more are refused with 429.
   *
   * @default 20
   */
  readonly apiRateLimit?: number | undefined;
  /**
   * Requests that the API lets through at once.
   *
   * @default 50
   */
  readonly apiBurstLimit?: number | undefined;
  /**
   * Who gets the alarms by e-mail, after confirming the subscription.
   *
   * @default - nobody; subscribe to the topic by other means
   */
  readonly alarmEmail?: string | undefined;
  /**
   * How long the logs are kept: those of the functions, and the API's access log.
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

import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import {
  EPSILON,
  expectedOf,
  FOREVER,
  INTERVAL,
  PAGE_SIZE,
  RETENTION,
  RETENTION_EXPECTED,
} from '../lambda/settings.ts';
import { ACCOUNT_ID, REGION_NAME } from '../lambda/trail/owner.ts';
import { counted, descriptionsOf, number, pairs, type Told, text, told, within } from './setting.ts';
import { endpointsToRecord, targetSettings } from './target-settings.ts';
import { MOST_NAMED_ENDPOINTS } from './targets.ts';

const TABLE_NAME = /^[A-Za-z0-9_.-]{3,255}$/;
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const EMAIL = /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/;
const LOG_RETENTION = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const API_RATE = { unit: 'requests a second', least: 1, most: 10_000, byDefault: 20 };
const API_BURST = { unit: 'requests', least: 1, most: 5000, byDefault: 50 };
const EXPORT_HOUR = { unit: 'hours (UTC)', least: 0, most: 23, byDefault: 2 };

const existingTable = (meaning: string) =>
  told(
    text(TABLE_NAME).optional(),
    meaning,
    'the name of an existing DynamoDB table (not its ARN)',
    'made by the stack',
  );

/** The settings of a trail: each key with its accepted values, default, meaning and expected form. */
const trail = {
  endpoints: told(
    endpointsToRecord,
    'The Client VPN endpoints to record. `"all"` takes in those of tomorrow; ids narrow the recorder\'s permission to them',
    `"all", or 1 to ${MOST_NAMED_ENDPOINTS} different ids like cvpn-endpoint-0123456789abcdef0 (a list; with -c, separated by commas)`,
  ),
  ...targetSettings,
  interval: counted(
    INTERVAL,
    'Minutes between two recordings. AWS remembers an ended connection for 60 minutes: a short interval leaves more time after a failure, sees counters more often, and costs more',
  ),
  pageSize: counted(PAGE_SIZE, 'Rows a page of DescribeClientVpnConnections'),
  epsilonSeconds: counted(
    EPSILON,
    'What statements about coverage allow for clock skew and for the time until AWS lists a change',
  ),
  retention: told(
    z.union([z.literal(FOREVER), within(RETENTION)]).default(FOREVER),
    'Days after which chunks and ended connections expire. Manifests stay, so the rest stays verifiable',
    RETENTION_EXPECTED,
  ),
  encryption: told(
    z.union([z.literal('aws-owned'), z.literal('customer-managed'), text(KEY_ARN)]).default('aws-owned'),
    'What encrypts the tables, and the archive that the stack makes, at rest. `"customer-managed"` makes a key that rotates every year. The policy of an existing key, symmetric and of the same account and Region, must leave access to IAM',
    '"aws-owned", "customer-managed", or the ARN of a KMS key (not of an alias)',
  ),
  snapshotsTableName: existingTable('An existing Snapshots table, after a restore'),
  connectionsTableName: existingTable('An existing Connections table, after a restore or a rebuild'),
  accessesTableName: existingTable('An existing Accesses table, after a restore'),
  archiveBucketName: told(
    text(BUCKET_NAME).optional(),
    'An existing bucket for the archive, maybe of another account. It is used as it is: see [Deploying](deploying.md#an-archive-in-another-account)',
    'the name of an existing S3 bucket (not its ARN)',
    'made by the stack',
  ),
  archiveLockDays: told(
    within(RETENTION).optional(),
    'Days for which Object Lock keeps every version of every archived object from being deleted. At most `retention`. Not for an existing bucket: the lock is set there',
    expectedOf(RETENTION),
    'no lock',
  ),
  archiveLockMode: told(
    z.enum(['governance', 'compliance']).default('governance'),
    '`"governance"`: who has `s3:BypassGovernanceRetention` can still delete. `"compliance"`: nobody can, AWS included, and **it cannot be undone**',
    '"governance" or "compliance"',
  ),
  signingKeyArn: told(
    text(KEY_ARN).optional(),
    'An existing key that signs: that of a former deployment, in the same Region; its policy leaves access to IAM',
    'the ARN of an existing KMS key of the spec ECC_NIST_EDWARDS25519 (not of an alias)',
    'made by the stack',
  ),
  previousSigningKeyArn: told(
    text(KEY_ARN).optional(),
    'The key that signed before `signingKeyArn`, while it is still there: the recorder has it countersign the first checkpoint of the new key in each log, which shows that the change is lawful. Can go once all logs are signed with the new key',
    'the ARN of an existing KMS key of the spec ECC_NIST_EDWARDS25519 (not of an alias)',
    'none',
  ),
  dailyExportHour: told(
    z.union([z.literal('off'), within(EXPORT_HOUR)]).default(EXPORT_HOUR.byDefault),
    'The hour (UTC) at which the day before is exported into the archive',
    `a whole hour from ${EXPORT_HOUR.least} to ${EXPORT_HOUR.most} (UTC), or "off"`,
  ),
  apiRateLimit: counted(
    API_RATE,
    'Requests a second that the API lets through for long, of all callers together; more get status 429',
  ),
  apiBurstLimit: counted(API_BURST, 'Requests that the API lets through at once'),
  alarmEmail: told(
    text(EMAIL).optional(),
    'Who gets the alarms, once the subscription is confirmed. Others can subscribe to the topic (output `AlarmTopicArn`)',
    'one e-mail address',
    'nobody',
  ),
  logRetentionDays: told(
    z
      .preprocess(
        number,
        z.custom<RetentionDays>((days) => LOG_RETENTION.some((allowed) => allowed === days)),
      )
      .default(RetentionDays.THREE_MONTHS),
    "How long the logs are kept: those of the functions and the API's access log. None holds connections",
    `one of CloudWatch's retentions: ${LOG_RETENTION.join(', ')} days`,
  ),
  removalPolicy: told(
    z.enum(['retain', 'destroy']).default('retain'),
    'What becomes of tables, archive and keys when the stack is deleted. `"destroy"` also lifts the tables\' protection from deletion. The archive is deleted only if it is empty: else the deletion of the stack fails until somebody has emptied it',
    '"retain" or "destroy"',
  ),
};

const stack = {
  tags: told(
    z.preprocess(pairs, z.record(text(/^(?!aws:).{1,128}$/i), z.string().max(256))).default({}),
    'Tags of everything that can have them',
    'names and values (an object; with -c, name=value separated by commas); a name must not begin with "aws:"',
  ),
  stackName: told(
    text(STACK_NAME).default('ClientVpnAudit'),
    'Name of the CloudFormation stack. Another name is another stack with empty tables',
    'a CloudFormation stack name: a letter, then letters, digits and hyphens',
  ),
  account: told(
    text(ACCOUNT_ID).optional(),
    'The account, where the deployment must refuse any other',
    'an AWS account id: a string of 12 digits',
    'that of the credentials',
  ),
  region: told(
    text(REGION_NAME).optional(),
    'The Region, likewise',
    'an AWS Region, like eu-central-1',
    'that of the credentials',
  ),
};

/** Accepts the raw configuration, and rejects unknown keys. */
export const configuration = z.strictObject({ ...trail, ...stack });

/** The configuration of a deployment. */
export type Config = Readonly<z.output<typeof configuration>>;

/** The settings that a trail is made from. */
export type TrailSettings = Omit<Config, keyof typeof stack>;

/** The description of each key, in display order. */
export const SETTINGS: ReadonlyMap<string, Told> = descriptionsOf(configuration.shape);

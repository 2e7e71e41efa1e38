import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { RecorderEnvironment } from '../../../lambda/recorder/env.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../../../lambda/recorder/metric-names.ts';
import { CHUNKS, RECORDED } from '../../../lambda/trail/archive.ts';
import type { RecordedTarget } from '../../recorded-targets.ts';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import { acknowledgeArchive, allow, appendToArchive, signing, useTablesKey } from './store-permissions.ts';
import { TrailFunction, type TrailParts } from './trail-function.ts';

/**
 * The timeout of a run: the time until the next run, minus a margin for a slow start. Lambda's own limit is 15
 * minutes.
 */
export function timeoutWithin(interval: Duration): Duration {
  const seconds = interval.toSeconds();
  return Duration.seconds(Math.min(900, seconds - Math.min(20, seconds / 6)));
}

/** What {@link RecorderFunction} is made of. */
export interface RecorderParts extends TrailParts {
  /** Undefined where the account and Region of the stack are recorded. */
  readonly targets: readonly RecordedTarget[] | undefined;
}

/**
 * Characters of role ARNs in a policy: it may have 6,144 in all, without whitespace, and a role has up to 10 policies by default (IAM User
 * Guide, "IAM and AWS STS quotas").
 */
const MOST_ROLE_CHARACTERS = 5500;

/** The Lambda function that records. */
export class RecorderFunction extends TrailFunction {
  /** Receives the event of a recording that failed in all its attempts. */
  readonly failedRecordings: Queue;

  constructor(scope: Construct, id: string, props: RecorderParts) {
    const interval = Duration.minutes(props.settings.interval);
    super(scope, id, {
      name: 'the recorder',
      description: 'Records the connections of AWS Client VPN endpoints into the audit trail',
      entry: 'lambda/recorder/handler.ts',
      timeout: timeoutWithin(interval),
      environment: {
        ...environment(scope, props),
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
        POWERTOOLS_SERVICE_NAME: METRIC_SERVICE,
      },
      permissions: permissions(scope, props),
      logRetention: props.logRetention,
      concurrency: props.targets
        ? 'The schedules are the only invokers, one event of each an interval, so concurrency is one or two a target by construction; recorders at once are safe by conditional writes, and what Lambda throttles it delivers again within the interval.'
        : 'The schedule is the only invoker, one event an interval, so concurrency is one or two by construction; two recorders at once are safe by conditional writes.',
    });
    // An event older than the interval would be superseded by the next slot.
    this.failedRecordings = this.keepFailures('FailedRecordings', interval);
    acknowledgeArchive(this.policy, props.archive, RECORDED);
    this.#assumeRoles(props.targets ?? []);
    const own = ownTargets(scope, props);
    if (own.length === 0) return;
    acknowledgeWildcards(
      this.policy,
      ['*'],
      'ec2:DescribeClientVpnEndpoints, a read of the list of endpoints, has no resource-level permission (Service Authorization Reference, Amazon EC2).',
    );
    acknowledgeWildcards(
      this.policy,
      endpointArns(
        scope,
        own.filter(({ endpoints }) => endpoints === undefined),
      ),
      'Configured to record every Client VPN endpoint of this account and Region, those of tomorrow too; the action (ec2:DescribeClientVpnConnections) only reads. With the configuration key "endpoints" each endpoint is named.',
    );
  }

  /** The permission to assume exactly the roles of the targets: in policies of their own, because one may not hold all. */
  #assumeRoles(targets: readonly RecordedTarget[]): void {
    const roles = [...new Set(targets.flatMap(({ event }) => event.roleArn ?? []))];
    inPolicies(roles).forEach((some, index) => {
      this.role.addManagedPolicy(
        new ManagedPolicy(this, `AssumePolicy${index === 0 ? '' : index + 1}`, {
          description: 'The roles of other accounts that the recorder of the Client VPN audit trail may assume',
          statements: [allow('AssumeReaders', ['sts:AssumeRole'], some)],
        }),
      );
    });
  }
}

/** As many roles for each policy as it may hold. */
function inPolicies(roles: readonly string[]): string[][] {
  const policies: string[][] = [];
  let characters = MOST_ROLE_CHARACTERS;
  for (const role of roles) {
    // Quotes and a comma.
    characters += role.length + 3;
    if (characters > MOST_ROLE_CHARACTERS) {
      policies.push([]);
      characters = role.length + 3;
    }
    policies.at(-1)?.push(role);
  }
  return policies;
}

function environment(scope: Construct, { settings, tables, archive, signingKey }: RecorderParts): RecorderEnvironment {
  return {
    ENDPOINTS: settings.endpoints === 'all' ? 'all' : settings.endpoints.join(','),
    INTERVAL_MINUTES: String(settings.interval),
    PAGE_SIZE: String(settings.pageSize),
    EPSILON_SECONDS: String(settings.epsilonSeconds),
    RETENTION: String(settings.retention),
    SNAPSHOTS_TABLE: tables.snapshots.tableName,
    CONNECTIONS_TABLE: tables.connections.tableName,
    ACCOUNT_ID: Stack.of(scope).account,
    ARCHIVE_BUCKET: archive.bucket.bucketName,
    SIGNING_KEY: signingKey.key.keyArn,
    ...(settings.externalId === undefined ? {} : { EXTERNAL_ID: settings.externalId }),
    ...(signingKey.previous ? { PREVIOUS_SIGNING_KEY: signingKey.previous.keyArn } : {}),
  };
}

interface Recorded {
  readonly region: string;
  /** Absent: all. */
  readonly endpoints?: readonly string[] | undefined;
}

/** What the recorder reads with its own role. */
function ownTargets(scope: Construct, { settings, targets }: RecorderParts): readonly Recorded[] {
  if (!targets)
    return [
      { region: Stack.of(scope).region, ...(settings.endpoints === 'all' ? {} : { endpoints: settings.endpoints }) },
    ];
  return targets.filter(({ event }) => event.roleArn === undefined).map(({ event }) => event);
}

/** ARNs of the Client VPN endpoints: each by its id, or every one of this account and the Region. */
function endpointArns(scope: Construct, recorded: readonly Recorded[]): string[] {
  return recorded.flatMap(({ region, endpoints }) =>
    (endpoints ?? ['*']).map((resourceName) =>
      Stack.of(scope).formatArn({
        service: 'ec2',
        region,
        resource: 'client-vpn-endpoint',
        resourceName,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    ),
  );
}

/**
 * Everything the recorder may do, action by action. The CDK's grants would allow more (DeleteItem and Scan on a table,
 * GetQueueUrl on a queue), and the recorder must never delete.
 */
function permissions(scope: Construct, props: RecorderParts): PolicyStatement[] {
  const { tables, archive, signingKey } = props;
  const own = ownTargets(scope, props);
  const { snapshots, connections, encryptionKey } = tables;
  return [
    ...(own.length === 0
      ? []
      : [
          allow('ReadConnections', ['ec2:DescribeClientVpnConnections'], endpointArns(scope, own)),
          // AWS offers no resource to name for this action.
          allow('ListEndpoints', ['ec2:DescribeClientVpnEndpoints'], ['*']),
        ]),
    // The tables and not their indexes: the recorder reads none. A transaction of puts needs PutItem.
    allow('AppendSnapshots', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], [snapshots.tableArn]),
    allow(
      'ProjectConnections',
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      [connections.tableArn],
    ),
    ...signing(signingKey.key, ...(signingKey.previous ? [signingKey.previous] : [])),
    // A chunk is named by its hash: what is there under its name is not looked at, and so who was connected is not read.
    ...appendToArchive(
      archive,
      RECORDED,
      RECORDED.filter((folder) => folder !== CHUNKS),
    ),
    ...useTablesKey(encryptionKey),
  ];
}

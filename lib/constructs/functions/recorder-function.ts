import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type RecorderEnvironment, recorderEnvironment } from '../../../lambda/recorder/env.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../../../lambda/recorder/metric-names.ts';
import { functionCode } from '../../bundling/function-code.ts';
import { acknowledgeArchivePrefixes } from '../storage/evidence-acknowledgements.ts';
import type { SigningKey } from '../storage/signing-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { acknowledgeFunction, acknowledgeLogGroup, acknowledgePolicy } from './recorder-acknowledgements.ts';
import { recorderPermissions } from './recorder-permissions.ts';

/** What {@link RecorderFunction} is made of. */
export interface RecorderFunctionProps {
  readonly endpoints: 'all' | readonly string[];
  readonly interval: Duration;
  readonly pageSize: number;
  readonly epsilon: Duration;
  readonly retention: Duration | undefined;
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly encryptionKey: IKey | undefined;
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
  readonly logRetention: RetentionDays;
}

/**
 * One vCPU is 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory"). A recording of 126,000 connections
 * needs less than 512 MB; what takes its time is parsing on one thread, which a whole vCPU does twice as fast as half of
 * one for the same GB-seconds, and a second vCPU would stand idle.
 */
const MEMORY_MB = 1769;

/**
 * How long a run may take: as long as it can without meeting the next one, less a margin for a slow start. Lambda's
 * own limit is 15 minutes.
 */
export function timeoutWithin(interval: Duration): Duration {
  const seconds = interval.toSeconds();
  return Duration.seconds(Math.min(900, seconds - Math.min(20, seconds / 6)));
}

/** The Lambda function that records, with its role, its log group and the queue of recordings that failed for good. */
export class RecorderFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  /** Receives the event of a recording that failed in all its attempts. */
  readonly failedRecordings: Queue;

  constructor(scope: Construct, id: string, props: RecorderFunctionProps) {
    super(scope, id);
    this.failedRecordings = deliveryQueue(this, 'FailedRecordings');
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      // Operating logs; the evidence is in the tables.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.#role(props);
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Records the connections of AWS Client VPN endpoints into the audit trail',
      code: functionCode('lambda/recorder/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: timeoutWithin(props.interval),
      // Immutable: the policy is complete, and nothing that is attached to the function may widen it.
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      environment: { ...environment(this, props), ...RUNTIME_ENVIRONMENT },
      // The Scheduler invokes asynchronously and never sees an error of the function: these retries are the only ones.
      retryAttempts: 2,
      // An event older than the interval would be superseded by the next slot.
      maxEventAge: props.interval,
      onFailure: new SqsDestination(this.failedRecordings),
    });
    acknowledgeFunction(this.function);
    acknowledgeLogGroup(this.logGroup);
  }

  #role(props: RecorderFunctionProps): Role {
    const policy = new ManagedPolicy(this, 'Policy', {
      description: 'What the recorder of the Client VPN audit trail may do',
      statements: recorderPermissions(this, {
        ...props,
        logGroup: this.logGroup,
        failedRecordings: this.failedRecordings,
      }),
    });
    acknowledgePolicy(policy, props.endpoints);
    acknowledgeArchivePrefixes(policy, props.archive, ['keys', 'manifests', 'chunks', 'gaps', 'checkpoints']);
    return new Role(this, 'Role', {
      description: 'The recorder of the Client VPN audit trail',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [policy],
    });
  }
}

const RUNTIME_ENVIRONMENT = {
  NODE_OPTIONS: '--enable-source-maps',
  POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
  POWERTOOLS_SERVICE_NAME: METRIC_SERVICE,
};

/** @throws ZodError where a setting is outside what the handler will accept; names it, as the handler would. */
function environment(scope: Construct, props: RecorderFunctionProps): RecorderEnvironment {
  const settings = {
    ENDPOINTS: props.endpoints === 'all' ? 'all' : props.endpoints.join(','),
    INTERVAL_MINUTES: String(props.interval.toMinutes()),
    PAGE_SIZE: String(props.pageSize),
    EPSILON_SECONDS: String(props.epsilon.toSeconds()),
    RETENTION: props.retention === undefined ? 'forever' : String(props.retention.toDays()),
  };
  // The rest is known at deployment only.
  recorderEnvironment
    .omit({ SNAPSHOTS_TABLE: true, CONNECTIONS_TABLE: true, ACCOUNT_ID: true, ARCHIVE_BUCKET: true, SIGNING_KEY: true })
    .parse(settings);
  return {
    ...settings,
    SNAPSHOTS_TABLE: props.snapshots.tableName,
    CONNECTIONS_TABLE: props.connections.tableName,
    ACCOUNT_ID: Stack.of(scope).account,
    ARCHIVE_BUCKET: props.archive.bucket.bucketName,
    SIGNING_KEY: props.signingKey.key.keyArn,
  };
}

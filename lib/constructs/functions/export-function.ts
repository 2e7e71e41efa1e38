import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as z from 'zod/mini';
import { type ExportEnvironment, exportEnvironment } from '../../../lambda/export/env.ts';
import { functionCode } from '../../bundling/function-code.ts';
import { acknowledgeArchivePrefixes } from '../storage/evidence-acknowledgements.ts';
import type { SigningKey } from '../storage/signing-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { acknowledgeExporter } from './export-acknowledgements.ts';
import { EXPORTS_FOLDER, exportPermissions } from './export-permissions.ts';

/** What {@link ExportFunction} is made of. */
export interface ExportFunctionProps {
  readonly interval: Duration;
  readonly epsilon: Duration;
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly accesses: TrailTable;
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention: RetentionDays;
}

/** One vCPU is 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory"): reading a day, writing Parquet and signing is work of one thread. */
const MEMORY_MB = 1769;

/** Lambda's longest: what is left of the days, the next run does. The API waits 30 seconds whatever stands here. */
const TIMEOUT = Duration.minutes(15);

/** The Lambda function that exports each day into the archive, and signs the manifests of exports that people make. */
export class ExportFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  /** Receives the event of a daily export that failed in all its attempts. */
  readonly failedExports: Queue;

  /** @throws ZodError where the interval or epsilon is not one the handler takes; names it, as the handler would */
  constructor(scope: Construct, id: string, props: ExportFunctionProps) {
    super(scope, id);
    this.failedExports = deliveryQueue(this, 'FailedExports');
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      // Operating logs; the exports are in the archive.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.#role(props);
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Exports the audit trail of AWS Client VPN connections day by day, and signs exports',
      code: functionCode('lambda/export/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      // Immutable: the policy is complete, and nothing that is attached to the function may widen it.
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      environment: { ...environment(props), NODE_OPTIONS: '--enable-source-maps' },
      retryAttempts: 2,
      onFailure: new SqsDestination(this.failedExports),
    });
    acknowledgeExporter(this.function, this.logGroup);
  }

  #role(props: ExportFunctionProps): Role {
    const policy = new ManagedPolicy(this, 'Policy', {
      description: 'What the export function of the Client VPN audit trail may do',
      statements: exportPermissions(this, { ...props, logGroup: this.logGroup, failedExports: this.failedExports }),
    });
    acknowledgeArchivePrefixes(policy, props.archive, [EXPORTS_FOLDER]);
    return new Role(this, 'Role', {
      description: 'The export function of the Client VPN audit trail',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [policy],
    });
  }
}

function environment(props: ExportFunctionProps): ExportEnvironment {
  const settings = {
    INTERVAL_MINUTES: String(props.interval.toMinutes()),
    EPSILON_SECONDS: String(props.epsilon.toSeconds()),
  };
  // The rest is known at deployment only.
  z.pick(exportEnvironment, { INTERVAL_MINUTES: true, EPSILON_SECONDS: true }).parse(settings);
  return {
    ...settings,
    SNAPSHOTS_TABLE: props.snapshots.tableName,
    CONNECTIONS_TABLE: props.connections.tableName,
    ACCESSES_TABLE: props.accesses.tableName,
    ARCHIVE_BUCKET: props.archive.bucket.bucketName,
    SIGNING_KEY: props.signingKey.key.keyArn,
  };
}

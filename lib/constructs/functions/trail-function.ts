import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RECORDER_VERSION } from '../../../lambda/recorder/version.ts';
import { functionCode } from '../../bundling/function-code.ts';
import type { TrailSettings } from '../../settings.ts';
import type { SigningKey } from '../storage/signing-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import type { TrailTables } from '../storage/trail-tables.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { allow } from './store-permissions.ts';

export interface TrailParts {
  readonly settings: TrailSettings;
  readonly tables: TrailTables;
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
  readonly logRetention: RetentionDays;
}

/** What a {@link TrailFunction} is made of. */
export interface TrailFunctionProps {
  /** Who it is, for descriptions: "the recorder". */
  readonly name: string;
  /** What it does, for whoever sees it in the console. */
  readonly description: string;
  /** The module that exports `handler`, from the root of the repository. */
  readonly entry: string;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  /** Everything it may do, apart from writing its log. */
  readonly permissions: readonly PolicyStatement[];
  readonly logRetention: RetentionDays;
  /** What limits its concurrency: the reason why it needs no reserved concurrency. */
  readonly concurrency: string;
  /** Who is told of a failure, if no event is kept. */
  readonly deadLetters?: string;
}

/**
 * One vCPU is 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory"). What the functions do is work of one thread:
 * parsing answers, reading chunks, writing Parquet. A whole vCPU is twice as fast as half of one for the same GB-seconds,
 * and a second one would be idle. A recording of 126,000 connections needs less than 512 MB.
 */
const MEMORY_MB = 1769;

const VPC_REASON =
  'The function reaches no resource in a VPC: it calls the APIs of AWS over TLS with its own role, and nothing can connect to it. A VPC would add a NAT gateway or interface endpoints as a way for it to go silent.';
const CONCURRENCY_REASON =
  'Reserved concurrency would make the deployment fail in accounts whose limit is at its minimum.';
const LOGS_REASON =
  'CloudWatch Logs encrypts the group at rest with a key that AWS owns. The log holds operating data only (failures, endpoint ids, counts, error codes); who was connected and what was asked are in the tables and the archive alone, whose key is configurable.';

/** A Lambda function of the trail with its log group and its role, which has only the listed permissions. */
export class TrailFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  protected readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: TrailFunctionProps) {
    super(scope, id);
    // Operating logs, which are deleted with the stack; lasting data is in the tables and in the archive.
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: `What ${props.name} of the Client VPN audit trail may do`,
      statements: [
        ...props.permissions,
        allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]),
      ],
    });
    this.role = new Role(this, 'Role', {
      description: `The role of ${props.name} of the Client VPN audit trail`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [this.policy],
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: functionCode(props.entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: props.timeout,
      // Immutable: the policy is complete, and nothing that is attached to the function may widen it.
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      // `cvpn-audit doctor` compares the version with its own.
      environment: {
        ...props.environment,
        AUDIT_VERSION: RECORDER_VERSION,
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    Validations.of(this.logGroup).acknowledge({
      id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
      reason: LOGS_REASON,
    });
    Validations.of(this.function).acknowledge(
      { id: 'NIST.800.53.R5-LambdaInsideVPC', reason: VPC_REASON },
      { id: 'NIST.800.53.R5-LambdaConcurrency', reason: `${props.concurrency} ${CONCURRENCY_REASON}` },
    );
    if (props.deadLetters !== undefined) this.#withoutDeadLetters(props.deadLetters);
  }

  /**
   * Keeps each event that failed in all its attempts, for people to see. An asynchronous caller never sees an error of the
   * function, so these two retries are the only ones.
   *
   * @param maxEventAge older events are not retried
   */
  protected keepFailures(id: string, maxEventAge?: Duration): Queue {
    const queue = deliveryQueue(this, id);
    this.policy.addStatements(allow(`Report${id}`, ['sqs:SendMessage'], [queue.queueArn]));
    this.function.configureAsyncInvoke({
      retryAttempts: 2,
      onFailure: new SqsDestination(queue),
      ...(maxEventAge === undefined ? {} : { maxEventAge }),
    });
    this.#withoutDeadLetters(
      `Failed events go to an on-failure destination (the queue ${id}), which carries the error as well as the event and which AWS recommends over a dead-letter queue; the rule knows only the latter.`,
    );
    return queue;
  }

  #withoutDeadLetters(reason: string): void {
    Validations.of(this.function).acknowledge({ id: 'NIST.800.53.R5-LambdaDLQ', reason });
  }
}

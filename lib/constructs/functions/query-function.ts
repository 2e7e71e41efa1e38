import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import * as z from 'zod/mini';
import { type QueryEnvironment, queryEnvironment } from '../../../lambda/query/env.ts';
import { functionCode } from '../../bundling/function-code.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import { acknowledgeFunction, acknowledgeFunctionLogs } from './query-acknowledgements.ts';
import { queryPermissions } from './query-permissions.ts';

/** What {@link QueryFunction} is made of. */
export interface QueryFunctionProps {
  readonly interval: Duration;
  readonly epsilon: Duration;
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly accesses: TrailTable;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention: RetentionDays;
}

/**
 * One vCPU is 1,769 MB (Lambda Developer Guide, "Configure Lambda function memory"). Starting, and reading the chunks of
 * the newest snapshot, is work of one thread: less memory makes people wait longer for the same GB-seconds, more would
 * buy a second vCPU that stands idle.
 */
const MEMORY_MB = 1769;

/** An HTTP API waits 30 seconds (API Gateway Developer Guide, quotas): a second earlier the function's own log says why. */
const TIMEOUT = Duration.seconds(29);

/** The Lambda function that answers questions about the trail, with its role and its log group. */
export class QueryFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;

  /** @throws ZodError where the interval or epsilon is not one the handler takes; names it, as the handler would */
  constructor(scope: Construct, id: string, props: QueryFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      // Operating logs; who asked what is in the Accesses table.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Answers questions about the audit trail of AWS Client VPN connections',
      code: functionCode('lambda/query/handler.ts'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      // Immutable: the policy is complete, and nothing that is attached to the function may widen it.
      role: this.#role(props).withoutPolicyUpdates(),
      logGroup: this.logGroup,
      environment: { ...environment(props), NODE_OPTIONS: '--enable-source-maps' },
    });
    acknowledgeFunction(this.function);
    acknowledgeFunctionLogs(this.logGroup);
  }

  #role(props: QueryFunctionProps): Role {
    return new Role(this, 'Role', {
      description: 'The query function of the Client VPN audit trail',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [
        new ManagedPolicy(this, 'Policy', {
          description: 'What the query function of the Client VPN audit trail may do',
          statements: queryPermissions(this, { ...props, logGroup: this.logGroup }),
        }),
      ],
    });
  }
}

function environment(props: QueryFunctionProps): QueryEnvironment {
  const settings = {
    INTERVAL_MINUTES: String(props.interval.toMinutes()),
    EPSILON_SECONDS: String(props.epsilon.toSeconds()),
  };
  // The tables' names are known at deployment only.
  z.omit(queryEnvironment, { SNAPSHOTS_TABLE: true, CONNECTIONS_TABLE: true, ACCESSES_TABLE: true }).parse(settings);
  return {
    ...settings,
    SNAPSHOTS_TABLE: props.snapshots.tableName,
    CONNECTIONS_TABLE: props.connections.tableName,
    ACCESSES_TABLE: props.accesses.tableName,
  };
}

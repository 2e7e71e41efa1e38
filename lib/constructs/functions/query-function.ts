import { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import type { QueryEnvironment } from '../../../lambda/query/env.ts';
import { recordedTargets } from '../../recorded-targets.ts';
import type { TrailTables } from '../storage/trail-tables.ts';
import { allow, readSnapshots, searchConnections, useTablesKey } from './store-permissions.ts';
import { TrailFunction, type TrailParts } from './trail-function.ts';

/** An HTTP API times out after 30 seconds (API Gateway Developer Guide, quotas): a second earlier, the function's own log says why. */
const TIMEOUT = Duration.seconds(29);

/** The Lambda function that answers queries about the trail. */
export class QueryFunction extends TrailFunction {
  constructor(scope: Construct, id: string, props: TrailParts) {
    super(scope, id, {
      name: 'the query function',
      description: 'Answers questions about the audit trail of AWS Client VPN connections',
      entry: 'lambda/query/handler.ts',
      timeout: TIMEOUT,
      environment: queryEnvironmentOf(scope, props),
      permissions: permissions(props.tables),
      logRetention: props.logRetention,
      concurrency:
        'The API is the only invoker, and its stage is throttled (configuration keys "apiRateLimit" and "apiBurstLimit"), which bounds the concurrency.',
      deadLetters:
        'The function is invoked synchronously by the API and never by an event: whoever asked gets the error and can ask again. A dead-letter queue receives asynchronous events only and would stay empty.',
    });
  }
}

/** The environment for reading the trail. */
export function queryEnvironmentOf(scope: IConstruct, { settings, tables }: TrailParts): QueryEnvironment {
  const targets = recordedTargets(scope, settings);
  return {
    INTERVAL_MINUTES: String(settings.interval),
    EPSILON_SECONDS: String(settings.epsilonSeconds),
    SNAPSHOTS_TABLE: tables.snapshots.tableName,
    CONNECTIONS_TABLE: tables.connections.tableName,
    ACCESSES_TABLE: tables.accesses.tableName,
    ...(targets === undefined ? {} : { TARGETS: targets.map(({ name }) => name).join(',') }),
  };
}

/**
 * Everything the query function may do, action by action. It reads the trail and writes only accesses: no action here can
 * change or remove records.
 */
function permissions({ snapshots, connections, accesses, encryptionKey }: TrailTables): PolicyStatement[] {
  return [
    readSnapshots(snapshots),
    allow('ReadConnections', ['dynamodb:GetItem'], [connections.tableArn]),
    searchConnections(connections),
    allow('NoteAccesses', ['dynamodb:PutItem', 'dynamodb:Query'], [accesses.tableArn]),
    ...useTablesKey(encryptionKey),
  ];
}

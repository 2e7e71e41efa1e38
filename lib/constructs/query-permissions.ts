import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { useOfKey } from './table-key.ts';
import type { TrailTable } from './trail-table.ts';

/** What the query function's role may touch. */
export interface QueryResources {
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly accesses: TrailTable;
  readonly encryptionKey: IKey | undefined;
  readonly logGroup: ILogGroup;
}

/**
 * Everything the query function may do, action by action. It reads the trail and writes nothing but who asked: no action
 * here can change or remove what is recorded.
 */
export function queryPermissions(scope: Construct, resources: QueryResources): PolicyStatement[] {
  const { snapshots, connections, accesses, encryptionKey, logGroup } = resources;
  return [
    new PolicyStatement({
      sid: 'ReadSnapshots',
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resources: [snapshots.tableArn],
    }),
    new PolicyStatement({
      sid: 'ReadConnections',
      actions: ['dynamodb:GetItem'],
      resources: [connections.tableArn],
    }),
    // Each by its name: an index that is added later is not readable unless somebody means it to be.
    new PolicyStatement({
      sid: 'SearchConnections',
      actions: ['dynamodb:Query'],
      resources: CONNECTIONS.indexes.map(({ name }) => `${connections.tableArn}/index/${name}`),
    }),
    new PolicyStatement({
      sid: 'NoteAccesses',
      actions: ['dynamodb:PutItem', 'dynamodb:Query'],
      resources: [accesses.tableArn],
    }),
    new PolicyStatement({
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
    ...useOfKey(scope, encryptionKey),
  ];
}

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { useOfKey } from '../storage/table-key.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import { searchConnections, writeLogs } from './common-permissions.ts';

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
    searchConnections(connections),
    new PolicyStatement({
      sid: 'NoteAccesses',
      actions: ['dynamodb:PutItem', 'dynamodb:Query'],
      resources: [accesses.tableArn],
    }),
    writeLogs(logGroup),
    ...useOfKey(scope, encryptionKey),
  ];
}

import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { SigningKey } from '../storage/signing-key.ts';
import { useOfKey } from '../storage/table-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import { writeLogs } from './common-permissions.ts';
import { appendToArchive, signing } from './evidence-permissions.ts';

/** What the recorder's role may touch. */
export interface RecorderResources {
  readonly endpoints: 'all' | readonly string[];
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly encryptionKey: IKey | undefined;
  readonly logGroup: ILogGroup;
  readonly failedRecordings: IQueue;
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
}

/** ARNs of the Client VPN endpoints: each by its id, or every one of this account and Region. */
export function endpointArns(scope: Construct, endpoints: 'all' | readonly string[]): string[] {
  return (endpoints === 'all' ? ['*'] : endpoints).map((resourceName) =>
    Stack.of(scope).formatArn({
      service: 'ec2',
      resource: 'client-vpn-endpoint',
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    }),
  );
}

/**
 * Everything the recorder may do, action by action. Written out rather than granted: the CDK's grants give more (DeleteItem
 * and Scan with a table's, GetQueueUrl with a queue's), and nothing that records may ever delete.
 */
export function recorderPermissions(scope: Construct, resources: RecorderResources): PolicyStatement[] {
  const { endpoints, snapshots, connections, encryptionKey, logGroup, failedRecordings } = resources;
  return [
    new PolicyStatement({
      sid: 'ReadConnections',
      actions: ['ec2:DescribeClientVpnConnections'],
      resources: endpointArns(scope, endpoints),
    }),
    // AWS offers no resource to name for this action.
    new PolicyStatement({ sid: 'ListEndpoints', actions: ['ec2:DescribeClientVpnEndpoints'], resources: ['*'] }),
    // The tables and not their indexes: the recorder reads none. A transaction of puts needs PutItem.
    new PolicyStatement({
      sid: 'AppendSnapshots',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      resources: [snapshots.tableArn],
    }),
    new PolicyStatement({
      sid: 'ProjectConnections',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [connections.tableArn],
    }),
    writeLogs(logGroup),
    new PolicyStatement({
      sid: 'ReportFailedRecordings',
      actions: ['sqs:SendMessage'],
      resources: [failedRecordings.queueArn],
    }),
    ...signing(resources.signingKey),
    ...appendToArchive(resources.archive, ['keys', 'manifests', 'chunks', 'gaps', 'checkpoints']),
    ...useOfKey(scope, encryptionKey),
  ];
}

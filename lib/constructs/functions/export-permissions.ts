import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { SigningKey } from '../storage/signing-key.ts';
import { useOfKey } from '../storage/table-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import type { TrailTable } from '../storage/trail-table.ts';
import { searchConnections, writeLogs } from './common-permissions.ts';
import { appendToArchive, listArchive, signing } from './evidence-permissions.ts';

/** What the export function's role may touch. */
export interface ExportResources {
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly accesses: TrailTable;
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
  readonly encryptionKey: IKey | undefined;
  readonly logGroup: ILogGroup;
  readonly failedExports: IQueue;
}

/** The folder of the archive that exports go into. */
export const EXPORTS_FOLDER = 'exports';

/** Everything the export function may do, action by action: read the trail, note who asked, sign, and add exports. */
export function exportPermissions(scope: Construct, resources: ExportResources): PolicyStatement[] {
  const { snapshots, connections, accesses, archive, signingKey, encryptionKey, logGroup, failedExports } = resources;
  return [
    new PolicyStatement({
      sid: 'ReadSnapshots',
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resources: [snapshots.tableArn],
    }),
    new PolicyStatement({
      sid: 'ReadConnections',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
      resources: [connections.tableArn],
    }),
    searchConnections(connections),
    new PolicyStatement({ sid: 'NoteAccesses', actions: ['dynamodb:PutItem'], resources: [accesses.tableArn] }),
    ...signing(signingKey),
    ...appendToArchive(archive, [EXPORTS_FOLDER]),
    listArchive(archive, EXPORTS_FOLDER),
    writeLogs(logGroup),
    new PolicyStatement({
      sid: 'ReportFailedExports',
      actions: ['sqs:SendMessage'],
      resources: [failedExports.queueArn],
    }),
    ...useOfKey(scope, encryptionKey),
  ];
}

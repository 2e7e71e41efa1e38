import { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ExportEnvironment } from '../../../lambda/export/env.ts';
import { EXPORTS } from '../../../lambda/trail/archive.ts';
import { queryEnvironmentOf } from './query-function.ts';
import {
  acknowledgeArchive,
  allow,
  appendToArchive,
  listArchive,
  readSnapshots,
  signing,
  useTablesKey,
} from './store-permissions.ts';
import { TrailFunction, type TrailParts } from './trail-function.ts';

/** Lambda's maximum; the next run exports the remaining days. The API waits 30 seconds regardless. */
const TIMEOUT = Duration.minutes(15);

/** The Lambda function that exports each day into the archive, and signs the manifests of exports that people make. */
export class ExportFunction extends TrailFunction {
  /** Receives the event of a daily export that failed in all its attempts. */
  readonly failedExports: Queue;

  constructor(scope: Construct, id: string, props: TrailParts) {
    super(scope, id, {
      name: 'the export function',
      description: 'Exports the audit trail of AWS Client VPN connections day by day, and signs exports',
      entry: 'lambda/export/handler.ts',
      timeout: TIMEOUT,
      environment: environment(scope, props),
      permissions: permissions(props),
      logRetention: props.logRetention,
      concurrency:
        'The schedule invokes it once a day, and the API at the rate that its throttling allows; two exports at once are safe, since objects are written once.',
    });
    this.failedExports = this.keepFailures('FailedExports');
    acknowledgeArchive(this.policy, props.archive, [EXPORTS]);
  }
}

function environment(scope: Construct, props: TrailParts): ExportEnvironment {
  return {
    ...queryEnvironmentOf(scope, props),
    ARCHIVE_BUCKET: props.archive.bucket.bucketName,
    SIGNING_KEY: props.signingKey.key.keyArn,
  };
}

/** Everything the export function may do, action by action: read the trail, record accesses, sign, and add exports. */
function permissions({ tables, archive, signingKey }: TrailParts): PolicyStatement[] {
  const { snapshots, connections, accesses, encryptionKey } = tables;
  return [
    readSnapshots(snapshots),
    allow('ReadConnections', ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], [connections.tableArn]),
    allow('NoteAccesses', ['dynamodb:PutItem'], [accesses.tableArn]),
    ...signing(signingKey.key),
    ...appendToArchive(archive, [EXPORTS]),
    listArchive(archive, EXPORTS),
    ...useTablesKey(encryptionKey),
  ];
}

import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ExportEnvironment } from '../../../lambda/export/env.ts';
import { EXPORTS } from '../../../lambda/trail/archive.ts';
import type { SigningKey } from '../storage/signing-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import { type QueryFunctionProps, queryEnvironmentOf } from './query-function.ts';
import { acknowledgeArchive, appendToArchive, listArchive, signing, useTablesKey } from './store-permissions.ts';
import { TrailFunction } from './trail-function.ts';

/** What {@link ExportFunction} is made of. */
export interface ExportFunctionProps extends QueryFunctionProps {
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
}

/** Lambda's maximum; the next run exports the remaining days. The API waits 30 seconds regardless. */
const TIMEOUT = Duration.minutes(15);

/** The Lambda function that exports each day into the archive, and signs the manifests of exports that people make. */
export class ExportFunction extends TrailFunction {
  /** Receives the event of a daily export that failed in all its attempts. */
  readonly failedExports: Queue;

  constructor(scope: Construct, id: string, props: ExportFunctionProps) {
    super(scope, id, {
      name: 'the export function',
      description: 'Exports the audit trail of AWS Client VPN connections day by day, and signs exports',
      entry: 'lambda/export/handler.ts',
      timeout: TIMEOUT,
      environment: environment(props),
      permissions: permissions(props),
      logRetention: props.logRetention,
      concurrency:
        'The schedule invokes it once a day, and the API at the rate that its throttling allows; two exports at once are safe, since objects are written once.',
    });
    this.failedExports = this.keepFailures('FailedExports');
    acknowledgeArchive(this.policy, props.archive, [EXPORTS]);
  }
}

function environment(props: ExportFunctionProps): ExportEnvironment {
  return {
    ...queryEnvironmentOf(props),
    ARCHIVE_BUCKET: props.archive.bucket.bucketName,
    SIGNING_KEY: props.signingKey.key.keyArn,
  };
}

/** Everything the export function may do, action by action: read the trail, record accesses, sign, and add exports. */
function permissions({ tables, archive, signingKey }: ExportFunctionProps): PolicyStatement[] {
  const { snapshots, connections, accesses, encryptionKey } = tables;
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
    new PolicyStatement({ sid: 'NoteAccesses', actions: ['dynamodb:PutItem'], resources: [accesses.tableArn] }),
    ...signing(signingKey),
    ...appendToArchive(archive, [EXPORTS]),
    listArchive(archive, EXPORTS),
    ...useTablesKey(encryptionKey),
  ];
}

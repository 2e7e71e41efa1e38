import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { AuditTrail } from './constructs/audit-trail.ts';

/**
 * Gives a stack the outputs by which people and the command find its trail: `cvpn-audit --stack NAME` reads them, and the pages name
 * them. Their names are theirs alone in the stack, so it can have one trail.
 */
export function addOutputs(stack: Stack, trail: AuditTrail): void {
  const { tables, recorder, schedule, alarms, query, api, archive, signingKey, publicKey, exporter } = trail;
  const outputs: Record<string, readonly [description: string, value: string]> = {
    SnapshotsTableName: ['The table of the evidence', tables.snapshots.tableName],
    ConnectionsTableName: ['The table of the projection', tables.connections.tableName],
    AccessesTableName: ['The table of who asked what', tables.accesses.tableName],
    RecorderFunctionName: ['The function that records', recorder.function.functionName],
    RecorderLogGroupName: ["The recorder's log", recorder.logGroup.logGroupName],
    FailedRecordingsQueueUrl: ['Recordings that failed in all attempts', recorder.failedRecordings.queueUrl],
    UndeliveredQueueUrl: ['Events that did not reach the recorder', schedule.undelivered.queueUrl],
    AlarmTopicArn: ['Where the alarms go', alarms.topic.topicArn],
    DashboardUrl: ['How it is going, on one page of CloudWatch', trail.dashboard.url],
    CheckCommand: ['Shows the newest snapshot of each endpoint', checkCommand(stack, tables.snapshots.tableName)],
    ApiUrl: ['The address of the API; requests are signed', api.url],
    ApiLogGroupName: ["The API's access log", api.accessLogs.logGroupName],
    QueryFunctionName: ['The function that answers', query.function.functionName],
    QueryLogGroupName: ["The query function's log", query.logGroup.logGroupName],
    QueryAccessPolicyArn: ['Attach it to whoever may ask', api.access.managedPolicyArn],
    AskCommand: ['Shows who is connected', askCommand(stack)],
    ArchiveBucketName: ['The archive of the evidence', archive.bucket.bucketName],
    SigningKeyArn: ['The key that signs the checkpoints', signingKey.key.keyArn],
    PublicKey: ['The key that verifies them. Keep it where nobody of this account can change it', publicKey.publicKey],
    VerifyCommand: ['Proves the trail', verifyCommand(stack, publicKey.publicKey)],
    ExportFunctionName: ['The function that exports', exporter.function.functionName],
    ExportLogGroupName: ["The export function's log", exporter.logGroup.logGroupName],
    RecorderRoleArn: [
      'Who writes to the archive, for the policy of a bucket in another account',
      recorder.role.roleArn,
    ],
    ExportRoleArn: ['Who writes exports to it, likewise', exporter.role.roleArn],
  };
  for (const [name, [description, value]] of Object.entries(outputs)) {
    // Scripts read the outputs by these names, independent of the construct tree.
    new CfnOutput(stack, name, { description, value }).overrideLogicalId(name);
  }
}

/** Finds the API by the outputs of this stack. The Region by the environment, which every AWS tool reads. */
function askCommand({ region, stackName }: Stack): string {
  return `AWS_REGION=${region} npx cvpn-audit who --now --stack ${stackName}`;
}

function verifyCommand({ region, stackName }: Stack, publicKey: string): string {
  return `AWS_REGION=${region} npx cvpn-audit verify --stack ${stackName} --key ${publicKey}`;
}

/** Reads the heads of the logs: an endpoint, whether its log is open, and its newest slot a line. */
function checkCommand({ region }: Stack, table: string): string {
  return [
    `aws dynamodb query --region ${region} --table-name ${table}`,
    "--key-condition-expression 'endpointId = :heads'",
    `--expression-attribute-values '{":heads":{"S":"#endpoints"}}'`,
    "--query 'Items[?lastSlot].[slot.S, state.S, lastSlot.S]' --output text",
  ].join(' ');
}

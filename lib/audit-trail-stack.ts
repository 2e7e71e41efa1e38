import { CfnOutput, Stack, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { AuditTrail } from './constructs/audit-trail.ts';
import type { Config } from './settings.ts';

/** The app's stack: it connects the configuration and the construct, and has the outputs. */
export class AuditTrailStack extends Stack {
  constructor(scope: Construct, config: Config) {
    const { stackName, account, region, tags, ...settings } = config;
    super(scope, stackName, {
      description: 'A lasting audit trail of AWS Client VPN connections',
      env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
    });
    const trail = new AuditTrail(this, 'AuditTrail', settings);
    for (const [name, value] of Object.entries(tags)) {
      Tags.of(this).add(name, value);
    }
    this.#outputs(trail);
  }

  #outputs(trail: AuditTrail): void {
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
      CheckCommand: ['Shows the newest snapshot of each endpoint', this.#checkCommand(tables.snapshots.tableName)],
      ApiUrl: ['The address of the API; requests are signed', api.url],
      ApiLogGroupName: ["The API's access log", api.accessLogs.logGroupName],
      QueryFunctionName: ['The function that answers', query.function.functionName],
      QueryLogGroupName: ["The query function's log", query.logGroup.logGroupName],
      QueryAccessPolicyArn: ['Attach it to whoever may ask', api.access.managedPolicyArn],
      AskCommand: ['Shows who is connected', this.#askCommand()],
      ArchiveBucketName: ['The archive of the evidence', archive.bucket.bucketName],
      SigningKeyArn: ['The key that signs the checkpoints', signingKey.key.keyArn],
      PublicKey: [
        'The key that verifies them. Keep it where nobody of this account can change it',
        publicKey.publicKey,
      ],
      VerifyCommand: ['Proves the trail', this.#verifyCommand(publicKey.publicKey)],
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
      new CfnOutput(this, name, { description, value }).overrideLogicalId(name);
    }
  }

  /** Finds the API by the outputs of this stack. The Region by the environment, which every AWS tool reads. */
  #askCommand(): string {
    return `AWS_REGION=${this.region} npx cvpn-audit who --now --stack ${this.stackName}`;
  }

  #verifyCommand(publicKey: string): string {
    return `AWS_REGION=${this.region} npx cvpn-audit verify --stack ${this.stackName} --key ${publicKey}`;
  }

  /** Reads the heads of the logs: an endpoint, whether its log is open, and its newest slot a line. */
  #checkCommand(table: string): string {
    return [
      `aws dynamodb query --region ${this.region} --table-name ${table}`,
      "--key-condition-expression 'endpointId = :heads'",
      `--expression-attribute-values '{":heads":{"S":"#endpoints"}}'`,
      "--query 'Items[?lastSlot].[slot.S, state.S, lastSlot.S]' --output text",
    ].join(' ');
  }
}

/**
 * Runs cdk-nag on the app of a stack in every synth: a finding without an acknowledgement beside its construct fails the
 * synth.
 */
export function addComplianceChecks(stack: Stack): void {
  Validations.of(stack).addPlugins(new AwsSolutionsChecks(stack), new NIST80053R5Checks(stack));
}

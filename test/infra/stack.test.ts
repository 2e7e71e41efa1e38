import { describe, expect, it } from 'vitest';
import { type Resource, readable, resourcesOf, stackOf, templateOf } from './synthesized.ts';

const outputsOf = (config = {}) =>
  Object.fromEntries(
    Object.entries(templateOf(config).findOutputs('*')).map(([name, { Value }]) => [name, readable(Value)]),
  );

const EVIDENCE = ['S3::Bucket', 'KMS::Key'];
const TABLES = ['DynamoDB::Table', 'DynamoDB::Table', 'DynamoDB::Table'];

describe('the stack', () => {
  it('is as it was', async () => {
    const template = JSON.stringify(templateOf().toJSON(), null, 2).replaceAll(/[0-9a-f]{64}(?=\.zip)/g, 'ASSET');
    await expect(`${template}\n`).toMatchFileSnapshot('stack.template.snap');
  });

  it('belongs to no account and no Region unless configured', () => {
    expect(stackOf().environment).toBe('aws://unknown-account/unknown-region');
    const { environment } = stackOf({ account: '123456789012', region: 'eu-central-1' });
    expect(environment).toBe('aws://123456789012/eu-central-1');
  });

  it('has the configured name', () => {
    expect(stackOf().stackName).toBe('ClientVpnAudit');
    expect(stackOf({ stackName: 'Vpn-Trail' }).stackName).toBe('Vpn-Trail');
  });

  it.each([
    ['the tables, the archive and the key that signs', {}, [...TABLES, ...EVIDENCE]],
    ['the key of tables and archive too', { encryption: 'customer-managed' }, ['KMS::Key', ...TABLES, ...EVIDENCE]],
    ['nothing where that is configured', { encryption: 'customer-managed', removalPolicy: 'destroy' }, []],
  ])('leaves behind %s', (_, config, types) => {
    const resources = Object.values(templateOf(config).toJSON().Resources as Record<string, Resource>);
    const left = resources.filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
    expect(left.map(({ Type }) => Type.replace('AWS::', ''))).toEqual(types);
  });

  it('protects in place what was deployed without protection: nothing is replaced', () => {
    const inPlace = (key: string, value: unknown) =>
      ['DeletionPolicy', 'UpdateReplacePolicy', 'DeletionProtectionEnabled'].includes(key) ? undefined : value;
    const [first, second] = [{ removalPolicy: 'destroy' }, {}].map((config) =>
      JSON.stringify(templateOf(config).toJSON(), inPlace),
    );
    expect(first).toBe(second);
  });

  it('keeps the logical ids of the tables under another name', () => {
    const [renamed, usual] = [{ stackName: 'Vpn-Trail' }, {}].map((config) =>
      Object.keys(resourcesOf(templateOf(config), 'AWS::DynamoDB::Table')),
    );
    expect(renamed).toEqual(usual);
  });

  it('puts the configured tags on what can have tags', () => {
    const template = templateOf({ tags: { team: 'network' } });
    const tagged = [
      'DynamoDB::Table',
      'Lambda::Function',
      'SQS::Queue',
      'SNS::Topic',
      'IAM::Role',
      'KMS::Key',
      'Logs::LogGroup',
      'S3::Bucket',
    ];
    const tags = tagged.map((type) =>
      Object.values(resourcesOf(template, `AWS::${type}`)).map(({ Properties }) => Properties.Tags),
    );
    expect(tags).toEqual(
      [3, 4, 4, 1, 6, 2, 5, 1].map((length) => Array.from({ length }, () => [{ Key: 'team', Value: 'network' }])),
    );
  });

  it('says the names of the tables, of the functions and of their logs, and where the rest is', () => {
    const hash = /\w{8}\}$/.source;
    expect(outputsOf()).toEqual({
      SnapshotsTableName: '{AuditTrailTablesSnapshotsEF4E68EE}',
      ConnectionsTableName: '{AuditTrailTablesConnectionsD032F570}',
      AccessesTableName: '{AuditTrailTablesAccessesEEECE946}',
      RecorderFunctionName: expect.stringMatching(`^{AuditTrailRecorderFunction${hash}`),
      RecorderLogGroupName: expect.stringMatching(`^{AuditTrailRecorderLogs${hash}`),
      FailedRecordingsQueueUrl: expect.stringMatching(`^{AuditTrailRecorderFailedRecordings${hash}`),
      UndeliveredQueueUrl: expect.stringMatching(`^{AuditTrailScheduleUndelivered${hash}`),
      AlarmTopicArn: expect.stringMatching(`^{AuditTrailAlarmsAlarmTopic${hash}`),
      CheckCommand: expect.any(String),
      ApiUrl: expect.stringMatching(/^\{AuditTrailApi\w{8}\.ApiEndpoint\}$/),
      ApiLogGroupName: expect.stringMatching(`^{AuditTrailApiAccessLogs${hash}`),
      QueryFunctionName: expect.stringMatching(`^{AuditTrailQueryFunction${hash}`),
      QueryLogGroupName: expect.stringMatching(`^{AuditTrailQueryLogs${hash}`),
      QueryAccessPolicyArn: expect.stringMatching(`^{AuditTrailApiQueryAccess${hash}`),
      AskCommand: expect.any(String),
      ArchiveBucketName: '{AuditTrailArchiveBucketE8FA0E64}',
      SigningKeyArn: '{AuditTrailSigningKeyE0D361F6.Arn}',
      PublicKey: expect.stringMatching(/^\{AuditTrailPublicKey\w{8}\.PublicKey\}$/),
      VerifyCommand: expect.any(String),
      ExportFunctionName: expect.stringMatching(`^{AuditTrailExportFunction${hash}`),
      ExportLogGroupName: expect.stringMatching(`^{AuditTrailExportLogs${hash}`),
      RecorderRoleArn: expect.stringMatching(/^\{AuditTrailRecorderRole\w{8}\.Arn\}$/),
      ExportRoleArn: expect.stringMatching(/^\{AuditTrailExportRole\w{8}\.Arn\}$/),
    });
  });

  it('says a command that shows the newest snapshot of each endpoint', () => {
    expect(outputsOf({ snapshotsTableName: 'Snapshots', region: 'eu-central-1' }).CheckCommand).toBe(
      `aws dynamodb query --region eu-central-1 --table-name Snapshots --key-condition-expression 'endpointId = :heads' --expression-attribute-values '{":heads":{"S":"#endpoints"}}' --query 'Items[?lastSlot].[slot.S, state.S, lastSlot.S]' --output text`,
    );
  });

  it('says a command that asks the API of this stack in its Region', () => {
    expect(outputsOf({ stackName: 'Vpn-Trail', region: 'eu-central-1' }).AskCommand).toBe(
      'AWS_REGION=eu-central-1 npx cvpn-audit who --now --stack Vpn-Trail',
    );
  });

  it('says a command that verifies this stack in its Region against its public key', () => {
    expect(outputsOf({ stackName: 'Vpn-Trail', region: 'eu-central-1' }).VerifyCommand).toMatch(
      /^AWS_REGION=eu-central-1 npx cvpn-audit verify --stack Vpn-Trail --key \{AuditTrailPublicKey\w{8}\.PublicKey\}$/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { plain, propertiesOf, type Resource, stackOf, templateOf } from './synthesized.ts';

const outputsOf = (config = {}) =>
  Object.fromEntries(
    Object.entries(templateOf(config).findOutputs('*')).map(([name, { Value }]) => [name, plain(Value)]),
  );

const allOf = (config = {}) => Object.entries<Resource>(templateOf(config).toJSON().Resources);

/** With their hashes: another id would be a new, empty table or bucket, or a key that no verifier knows. */
const LASTING = [
  'AuditTrailTablesSnapshotsEF4E68EE',
  'AuditTrailTablesConnectionsD032F570',
  'AuditTrailTablesAccessesEEECE946',
  'AuditTrailArchiveBucketE8FA0E64',
  'AuditTrailSigningKeyE0D361F6',
];

describe('the stack', () => {
  it('is made of these resources', async () => {
    const lines = allOf().map(([id, { Type }]) => `${id} ${Type}\n`);
    await expect(lines.sort().join('')).toMatchFileSnapshot('stack.resources.snap');
  });

  it('says of each function, role, policy, schedule, key and output what it is for', () => {
    const described = /Lambda::Function$|IAM::|Schedule$|KMS::Key$|Gateway.*Api$/;
    const silent = allOf().filter(
      ([, { Type, Properties }]) => described.test(Type) && !/Client VPN/.test(String(Properties.Description)),
    );
    expect(silent.map(([id]) => id)).toEqual([]);
    for (const { Description } of Object.values(templateOf().findOutputs('*'))) expect(Description).toMatch(/^.{10,}/);
  });

  it('belongs to no account and no Region, and has its usual name, unless configured', () => {
    const of = ({ environment, stackName }: ReturnType<typeof stackOf>) => [environment, stackName];
    expect(of(stackOf())).toEqual(['aws://unknown-account/unknown-region', 'ClientVpnAudit']);
    const config = { account: '123456789012', region: 'eu-central-1', stackName: 'Vpn-Trail' };
    expect(of(stackOf(config))).toEqual(['aws://123456789012/eu-central-1', 'Vpn-Trail']);
  });

  it.each([
    ['the tables, the archive and the key that signs', {}, LASTING],
    ['the same under another name', { stackName: 'Vpn-Trail' }, LASTING],
    [
      'the key of tables and archive too',
      { encryption: 'customer-managed' },
      [expect.stringMatching(/^AuditTrailTablesEncryptionKey/), ...LASTING],
    ],
    ['nothing where that is configured', { encryption: 'customer-managed', removalPolicy: 'destroy' }, []],
  ])('leaves behind %s', (_, config, ids) => {
    const left = allOf(config).filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete');
    expect(left.map(([id]) => id)).toEqual(ids);
    // After a first deployment that rolls back, too, nothing protected is left.
    const policies = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
    for (const [, resource] of left) expect(resource).toMatchObject(policies);
    const types = allOf(config).map(([, { Type }]) => Type);
    expect(types.filter((type) => /AutoDelete/.test(type))).toEqual([]);
  });

  it('protects in place what was deployed without protection: nothing is replaced', () => {
    const inPlace = (key: string, value: unknown) =>
      ['DeletionPolicy', 'UpdateReplacePolicy', 'DeletionProtectionEnabled'].includes(key) ? undefined : value;
    const [first, second] = [{ removalPolicy: 'destroy' }, {}].map((config) =>
      JSON.stringify(templateOf(config).toJSON(), inPlace),
    );
    expect(first).toBe(second);
  });

  it.each([
    ['DynamoDB::Table', 3],
    ['Lambda::Function', 4],
    ['SQS::Queue', 4],
    ['SNS::Topic', 1],
    ['IAM::Role', 6],
    ['KMS::Key', 2],
    ['Logs::LogGroup', 5],
    ['S3::Bucket', 1],
  ])('puts the configured tags on every %s', (type, count) => {
    const tags = propertiesOf(`AWS::${type}`, { tags: { team: 'network' } }).map(({ Tags }) => Tags);
    expect(tags).toEqual(Array.from({ length: count }, () => [{ Key: 'team', Value: 'network' }]));
  });

  it('says the names of the tables, of the functions and of their logs, and where the rest is', () => {
    expect(outputsOf()).toEqual({
      SnapshotsTableName: '{TablesSnapshots}',
      ConnectionsTableName: '{TablesConnections}',
      AccessesTableName: '{TablesAccesses}',
      RecorderFunctionName: '{RecorderFunction}',
      RecorderLogGroupName: '{RecorderLogs}',
      FailedRecordingsQueueUrl: '{RecorderFailedRecordings}',
      UndeliveredQueueUrl: '{ScheduleUndelivered}',
      AlarmTopicArn: '{AlarmsAlarmTopic}',
      DashboardUrl:
        'https://{AWS::Region}.console.aws.amazon.com/cloudwatch/home?region={AWS::Region}#dashboards/dashboard/{Dashboard}',
      CheckCommand: expect.any(String),
      ApiUrl: '{Api.ApiEndpoint}',
      ApiLogGroupName: '{ApiAccessLogs}',
      QueryFunctionName: '{QueryFunction}',
      QueryLogGroupName: '{QueryLogs}',
      QueryAccessPolicyArn: '{ApiQueryAccess}',
      AskCommand: expect.any(String),
      ArchiveBucketName: '{ArchiveBucket}',
      SigningKeyArn: '{SigningKey.Arn}',
      PublicKey: '{PublicKey.PublicKey}',
      VerifyCommand: expect.any(String),
      ExportFunctionName: '{ExportFunction}',
      ExportLogGroupName: '{ExportLogs}',
      RecorderRoleArn: '{RecorderRole.Arn}',
      ExportRoleArn: '{ExportRole.Arn}',
    });
  });

  it('says commands that show the newest snapshots, ask and verify this stack in its Region', () => {
    const config = { stackName: 'Vpn-Trail', region: 'eu-central-1', snapshotsTableName: 'Snapshots' };
    expect(outputsOf(config)).toMatchObject({
      CheckCommand: `aws dynamodb query --region eu-central-1 --table-name Snapshots --key-condition-expression 'endpointId = :heads' --expression-attribute-values '{":heads":{"S":"#endpoints"}}' --query 'Items[?lastSlot].[slot.S, state.S, lastSlot.S]' --output text`,
      AskCommand: 'AWS_REGION=eu-central-1 npx cvpn-audit who --now --stack Vpn-Trail',
      VerifyCommand: 'AWS_REGION=eu-central-1 npx cvpn-audit verify --stack Vpn-Trail --key {PublicKey.PublicKey}',
    });
  });
});

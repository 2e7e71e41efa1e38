import { describe, expect, it } from 'vitest';
import { permissionsOf, readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const EVERY_ENDPOINT = 'arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:client-vpn-endpoint/*';
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const SNAPSHOTS = '{AuditTrailTablesSnapshotsEF4E68EE.Arn}';
const CONNECTIONS = '{AuditTrailTablesConnectionsD032F570.Arn}';
const ARCHIVE = '{AuditTrailArchiveBucketE8FA0E64.Arn}';
const SIGNING_KEY = '{AuditTrailSigningKeyE0D361F6.Arn}';

const onTables = (snapshots: string, connections: string) => [
  `Allow dynamodb:GetItem on ${snapshots}`,
  `Allow dynamodb:PutItem on ${snapshots}`,
  `Allow dynamodb:Query on ${snapshots}`,
  `Allow dynamodb:BatchGetItem on ${connections}`,
  `Allow dynamodb:GetItem on ${connections}`,
  `Allow dynamodb:PutItem on ${connections}`,
];

describe('the recorder may', () => {
  const always = [
    'Allow ec2:DescribeClientVpnEndpoints on *',
    'Allow logs:CreateLogStream on {AuditTrailRecorderLogs.Arn}',
    'Allow logs:PutLogEvents on {AuditTrailRecorderLogs.Arn}',
    'Allow sqs:SendMessage on {AuditTrailRecorderFailedRecordings.Arn}',
    `Allow kms:GetPublicKey on ${SIGNING_KEY}`,
    `Allow kms:Sign on ${SIGNING_KEY} if kms:SigningAlgorithm StringEquals ED25519_SHA_512 and kms:MessageType StringEquals RAW`,
    ...['keys', 'manifests', 'gaps', 'checkpoints'].map((folder) => `Allow s3:GetObject on ${ARCHIVE}/${folder}/*`),
    ...['keys', 'manifests', 'chunks', 'gaps', 'checkpoints'].map(
      (folder) => `Allow s3:PutObject on ${ARCHIVE}/${folder}/* if s3:if-none-match Null false`,
    ),
  ];

  it('do this and nothing else', () => {
    expect(permissionsOf('AuditTrailRecorder')).toEqual(
      [
        ...always,
        ...onTables(SNAPSHOTS, CONNECTIONS),
        `Allow ec2:DescribeClientVpnConnections on ${EVERY_ENDPOINT}`,
      ].sort(),
    );
  });

  it('read the connections of the configured endpoints only', () => {
    const ids = ['cvpn-endpoint-0123456789abcdef0', 'cvpn-endpoint-0123456789abcdef1'];
    const connections = permissionsOf('AuditTrailRecorder', { endpoints: ids }).filter((line) =>
      line.includes('Connections on'),
    );
    expect(connections).toEqual(
      ids.map((id) => `Allow ec2:DescribeClientVpnConnections on ${EVERY_ENDPOINT.replace('*', id)}`),
    );
  });

  it("use the tables' key, through DynamoDB and through S3 and in no other way", () => {
    const keys = permissionsOf('AuditTrailRecorder', { encryption: KEY_ARN, region: 'eu-central-1' }).filter((line) =>
      line.includes(KEY_ARN),
    );
    const through = (service: string) => `if kms:ViaService StringEquals ${service}.eu-central-1.amazonaws.com`;
    expect(keys).toEqual([
      `Allow kms:Decrypt on ${KEY_ARN} ${through('dynamodb')}`,
      `Allow kms:Decrypt on ${KEY_ARN} ${through('s3')}`,
      `Allow kms:DescribeKey on ${KEY_ARN} ${through('dynamodb')}`,
      `Allow kms:GenerateDataKey on ${KEY_ARN} ${through('s3')}`,
    ]);
  });

  it('use existing tables by their own ARNs', () => {
    const lines = permissionsOf('AuditTrailRecorder', { snapshotsTableName: 'Old', connectionsTableName: 'Rebuilt' });
    const table = 'arn:{AWS::Partition}:dynamodb:{AWS::Region}:{AWS::AccountId}:table';
    expect(lines.filter((line) => line.includes('dynamodb:'))).toEqual(
      onTables(`${table}/Old`, `${table}/Rebuilt`).sort(),
    );
  });
});

describe('the recorder function', () => {
  it('can be invoked by the schedule only: it has no resource policy and no URL', () => {
    const template = templateOf();
    const permitted = Object.values(resourcesOf(template, 'AWS::Lambda::Permission'));
    expect(permitted.map(({ Properties }) => readable(Properties.FunctionName)).join()).not.toContain('Recorder');
    expect(resourcesOf(template, 'AWS::Lambda::Url')).toEqual({});
    expect(
      readable(resourceOf(template, 'AWS::Scheduler::Schedule', 'AuditTrailSchedule').Properties.Target.RoleArn),
    ).toMatch(/^\{AuditTrailScheduleRole\w+\.Arn\}$/);
  });
});

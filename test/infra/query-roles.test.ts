import { describe, expect, it } from 'vitest';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { invocationsOf, permissionsOf } from './synthesized.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const POLICY = 'AuditTrailQueryPolicy';

const onTables = (snapshots: string, connections: string, accesses: string) => [
  `Allow dynamodb:GetItem on ${snapshots}`,
  `Allow dynamodb:Query on ${snapshots}`,
  `Allow dynamodb:GetItem on ${connections}`,
  ...CONNECTIONS.indexes.map(({ name }) => `Allow dynamodb:Query on ${connections}/index/${name}`),
  `Allow dynamodb:PutItem on ${accesses}`,
  `Allow dynamodb:Query on ${accesses}`,
];

describe('the query function may', () => {
  it('read the trail, note who asked, write its log, and nothing else', () => {
    expect(permissionsOf(POLICY)).toEqual(
      [
        'Allow logs:CreateLogStream on {AuditTrailQueryLogs.Arn}',
        'Allow logs:PutLogEvents on {AuditTrailQueryLogs.Arn}',
        ...onTables(
          '{AuditTrailTablesSnapshotsEF4E68EE.Arn}',
          '{AuditTrailTablesConnectionsD032F570.Arn}',
          '{AuditTrailTablesAccessesEEECE946.Arn}',
        ),
      ].sort(),
    );
  });

  it('use existing tables by their own ARNs, and their indexes', () => {
    const table = 'arn:{AWS::Partition}:dynamodb:{AWS::Region}:{AWS::AccountId}:table';
    const config = { snapshotsTableName: 'Old', connectionsTableName: 'Rebuilt', accessesTableName: 'Notes' };
    expect(permissionsOf(POLICY, config).filter((line) => line.includes('dynamodb:'))).toEqual(
      onTables(`${table}/Old`, `${table}/Rebuilt`, `${table}/Notes`).sort(),
    );
  });

  it("use the tables' key, through DynamoDB and in no other way", () => {
    const lines = permissionsOf(POLICY, { encryption: KEY_ARN, region: 'eu-central-1' });
    const through = 'if kms:ViaService StringEquals dynamodb.eu-central-1.amazonaws.com';
    expect(lines.filter((line) => line.includes('kms:'))).toEqual([
      `Allow kms:Decrypt on ${KEY_ARN} ${through}`,
      `Allow kms:DescribeKey on ${KEY_ARN} ${through}`,
    ]);
  });
});

describe('the query function', () => {
  it('can be invoked by GET requests of its own API only: it has no other permission', () => {
    expect(invocationsOf('Query')).toEqual([
      'apigateway.amazonaws.com lambda:InvokeFunction from {Api}/$default/GET/*',
    ]);
  });

  it('cannot sign: it knows no key but that of the tables', () => {
    const lines = permissionsOf(POLICY, { encryption: 'customer-managed' });
    expect(
      lines.filter((line) => /kms:(?:Sign|GetPublicKey|GenerateDataKey)|s3:|SigningKey|Archive/.test(line)),
    ).toEqual([]);
  });
});

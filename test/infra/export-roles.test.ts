import { describe, expect, it } from 'vitest';
import { invocationsOf, permissionsOf } from './synthesized.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const POLICY = 'AuditTrailExportPolicy';
const CONNECTIONS_ARN = '{AuditTrailTablesConnectionsD032F570.Arn}';
const SIGNING_KEY = '{AuditTrailSigningKeyE0D361F6.Arn}';

const onArchive = (bucket: string) => [
  `Allow s3:GetObject on ${bucket}/exports/*`,
  `Allow s3:ListBucket on ${bucket} if s3:prefix StringLike exports/*`,
  `Allow s3:PutObject on ${bucket}/exports/* if s3:if-none-match Null false`,
];

describe('the export function may', () => {
  it('read the trail, note who asked, sign, add exports to the archive, write its log, and nothing else', () => {
    expect(permissionsOf(POLICY)).toEqual(
      [
        'Allow dynamodb:GetItem on {AuditTrailTablesSnapshotsEF4E68EE.Arn}',
        'Allow dynamodb:Query on {AuditTrailTablesSnapshotsEF4E68EE.Arn}',
        `Allow dynamodb:BatchGetItem on ${CONNECTIONS_ARN}`,
        `Allow dynamodb:GetItem on ${CONNECTIONS_ARN}`,
        'Allow dynamodb:PutItem on {AuditTrailTablesAccessesEEECE946.Arn}',
        `Allow kms:GetPublicKey on ${SIGNING_KEY}`,
        `Allow kms:Sign on ${SIGNING_KEY} if kms:SigningAlgorithm StringEquals ED25519_SHA_512 and kms:MessageType StringEquals RAW`,
        ...onArchive('{AuditTrailArchiveBucketE8FA0E64.Arn}'),
        'Allow logs:CreateLogStream on {AuditTrailExportLogs.Arn}',
        'Allow logs:PutLogEvents on {AuditTrailExportLogs.Arn}',
        'Allow sqs:SendMessage on {AuditTrailExportFailedExports.Arn}',
      ].sort(),
    );
  });

  it("use the tables' key, through DynamoDB and through S3 and in no other way", () => {
    const lines = permissionsOf(POLICY, { encryption: KEY_ARN, region: 'eu-central-1' });
    const through = (service: string) => `if kms:ViaService StringEquals ${service}.eu-central-1.amazonaws.com`;
    expect(lines.filter((line) => line.includes(KEY_ARN))).toEqual([
      `Allow kms:Decrypt on ${KEY_ARN} ${through('dynamodb')}`,
      `Allow kms:Decrypt on ${KEY_ARN} ${through('s3')}`,
      `Allow kms:DescribeKey on ${KEY_ARN} ${through('dynamodb')}`,
      `Allow kms:GenerateDataKey on ${KEY_ARN} ${through('s3')}`,
    ]);
  });

  it("add to an existing archive by its own ARN, whose encryption is its owner's matter", () => {
    const lines = permissionsOf(POLICY, { archiveBucketName: 'trail-archive', encryption: KEY_ARN });
    const ofArchive = lines.filter((line) => /s3[:.]/.test(line));
    expect(ofArchive).toEqual(onArchive('arn:{AWS::Partition}:s3:::trail-archive'));
  });

  it('be invoked by POST /exports of its own API, and by its schedule: it has no other permission', () => {
    expect(invocationsOf('Export')).toEqual([
      'apigateway.amazonaws.com lambda:InvokeFunction from {Api}/$default/POST/exports',
    ]);
  });
});

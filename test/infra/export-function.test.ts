import { describe, expect, it } from 'vitest';
import { exportEnvironment } from '../../lambda/export/env.ts';
import { readable, resourceOf, templateOf } from './synthesized.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

const functionOf = (config = {}) =>
  resourceOf(templateOf(config), 'AWS::Lambda::Function', 'AuditTrailExport').Properties;

describe('the export function', () => {
  it("has Lambda's longest for the days", () => {
    expect(functionOf().Timeout).toBe(900);
  });

  it('gets the configuration in an environment that its own schema accepts', () => {
    const { Variables } = functionOf({
      interval: 10,
      epsilonSeconds: 60,
      snapshotsTableName: 'Snapshots',
      connectionsTableName: 'Connections',
      accessesTableName: 'Accesses',
      archiveBucketName: 'trail-archive',
      signingKeyArn: KEY_ARN,
    }).Environment;
    expect(exportEnvironment.parse({ ...Variables, ARCHIVE_BUCKET: readable(Variables.ARCHIVE_BUCKET) })).toEqual({
      SNAPSHOTS_TABLE: 'Snapshots',
      CONNECTIONS_TABLE: 'Connections',
      ACCESSES_TABLE: 'Accesses',
      ARCHIVE_BUCKET: 'trail-archive',
      SIGNING_KEY: KEY_ARN,
      INTERVAL_MINUTES: 10,
      EPSILON_SECONDS: 60,
    });
  });

  it('reads what the recorder writes, and signs with the same key', () => {
    const { Variables } = resourceOf(templateOf(), 'AWS::Lambda::Function', 'AuditTrailRecorder').Properties
      .Environment;
    const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE, ARCHIVE_BUCKET, SIGNING_KEY } = Variables;
    const evidence = { SNAPSHOTS_TABLE, CONNECTIONS_TABLE, ARCHIVE_BUCKET, SIGNING_KEY };
    expect(functionOf().Environment.Variables).toMatchObject(evidence);
    expect(SIGNING_KEY).toEqual({ 'Fn::GetAtt': ['AuditTrailSigningKeyE0D361F6', 'Arn'] });
  });
});

describe('a daily export that fails', () => {
  it('is retried twice, and then its event is kept for people to see', () => {
    const { Properties } = resourceOf(templateOf(), 'AWS::Lambda::EventInvokeConfig', 'AuditTrailExport');
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailExportFailedExports/), 'Arn'] } },
      },
    });
  });
});

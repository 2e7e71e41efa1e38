import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { recorderEnvironment } from '../../lambda/recorder/env.ts';
import { timeoutWithin } from '../../lib/constructs/functions/recorder-function.ts';
import { readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

const recorderOf = (config = {}) =>
  resourceOf(templateOf(config), 'AWS::Lambda::Function', 'AuditTrailRecorder').Properties;

describe('the recorder function', () => {
  it.each([
    [1, 50],
    [2, 100],
    [5, 280],
    [15, 880],
  ])('has at an interval of %i minutes %i seconds, less than until the next run', (interval, seconds) => {
    expect(recorderOf({ interval }).Timeout).toBe(seconds);
  });

  it('never has longer than Lambda allows', () => {
    expect(timeoutWithin(Duration.hours(1)).toSeconds()).toBe(900);
  });

  it('gets the configuration in an environment that its own schema accepts', () => {
    const { Variables } = recorderOf({
      endpoints: ['cvpn-endpoint-0123456789abcdef0', 'cvpn-endpoint-0123456789abcdef1'],
      interval: 10,
      pageSize: 500,
      epsilonSeconds: 60,
      retention: 400,
      account: '123456789012',
      snapshotsTableName: 'Snapshots',
      connectionsTableName: 'Connections',
      archiveBucketName: 'trail-archive',
      signingKeyArn: KEY_ARN,
    }).Environment;
    expect(recorderEnvironment.parse({ ...Variables, ARCHIVE_BUCKET: readable(Variables.ARCHIVE_BUCKET) })).toEqual({
      SNAPSHOTS_TABLE: 'Snapshots',
      CONNECTIONS_TABLE: 'Connections',
      ENDPOINTS: ['cvpn-endpoint-0123456789abcdef0', 'cvpn-endpoint-0123456789abcdef1'],
      INTERVAL_MINUTES: 10,
      PAGE_SIZE: 500,
      EPSILON_SECONDS: 60,
      RETENTION: 400,
      ACCOUNT_ID: '123456789012',
      ARCHIVE_BUCKET: 'trail-archive',
      SIGNING_KEY: KEY_ARN,
    });
  });

  it('records by default every endpoint, every 5 minutes, in pages of 1000, for ever', () => {
    expect(recorderOf().Environment.Variables).toMatchObject({
      ENDPOINTS: 'all',
      INTERVAL_MINUTES: '5',
      PAGE_SIZE: '1000',
      EPSILON_SECONDS: '120',
      RETENTION: 'forever',
      ACCOUNT_ID: { Ref: 'AWS::AccountId' },
      ARCHIVE_BUCKET: { Ref: 'AuditTrailArchiveBucketE8FA0E64' },
      SIGNING_KEY: { 'Fn::GetAtt': ['AuditTrailSigningKeyE0D361F6', 'Arn'] },
    });
  });

  it('emits its metrics where the alarms look for them', () => {
    expect(recorderOf().Environment.Variables).toMatchObject({
      POWERTOOLS_METRICS_NAMESPACE: 'ClientVpnAudit',
      POWERTOOLS_SERVICE_NAME: 'recorder',
    });
  });
});

describe('a recording that fails', () => {
  it('is retried twice within the interval, and then its event is kept for people to see', () => {
    const { Properties } = resourceOf(
      templateOf({ interval: 10 }),
      'AWS::Lambda::EventInvokeConfig',
      'AuditTrailRecorder',
    );
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 600,
      DestinationConfig: {
        OnFailure: {
          Destination: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailRecorderFailedRecordings/), 'Arn'] },
        },
      },
    });
  });

  it('stays in an encrypted queue for 14 days, as does an event that was not delivered, and those of the daily export', () => {
    const queues = Object.values(resourcesOf(templateOf(), 'AWS::SQS::Queue'));
    expect(queues.map(({ Properties }) => Properties)).toEqual(
      Array.from({ length: 4 }, () => ({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true })),
    );
  });
});

import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { exportEnvironment } from '../../lambda/export/env.ts';
import { queryEnvironment } from '../../lambda/query/env.ts';
import { recorderEnvironment } from '../../lambda/recorder/env.ts';
import { timeoutWithin } from '../../lib/constructs/functions/recorder-function.ts';
import {
  allowances,
  environmentOf,
  functionOf,
  KEY_ARN,
  plain,
  propertiesOf,
  readable,
  resourceOf,
  TABLE_NAMES,
} from './synthesized.ts';

const ENDPOINTS = ['cvpn-endpoint-0123456789abcdef0', 'cvpn-endpoint-0123456789abcdef1'];
const CONFIGURED = {
  endpoints: ENDPOINTS,
  interval: 10,
  pageSize: 500,
  epsilonSeconds: 60,
  retention: 400,
  account: '123456789012',
  ...TABLE_NAMES,
  archiveBucketName: 'trail-archive',
  signingKeyArn: KEY_ARN,
  logRetentionDays: 365,
};

describe.each(['Recorder', 'Query', 'Export', 'PublicKey'])('the function %s', (name) => {
  it('runs on arm64 and Node 24 with one whole vCPU in its own role, and maps its stack traces', () => {
    expect(functionOf(name)).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 1769,
      Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
    });
    expect(plain(functionOf(name).Role)).toBe(`{${name}Role.Arn}`);
  });

  it('writes to a log group of its own, kept 90 days or as configured, which goes with the stack', () => {
    const logsOf = (config = {}) => resourceOf('AWS::Logs::LogGroup', `AuditTrail${name}Logs`, config);
    expect(plain(functionOf(name).LoggingConfig.LogGroup)).toBe(`{${name}Logs}`);
    expect(logsOf()).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 90 } });
    expect(logsOf(CONFIGURED).Properties).toMatchObject({ RetentionInDays: 365 });
  });
});

describe('the time of a function', () => {
  it.each([
    [1, 50],
    [2, 100],
    [5, 280],
    [15, 880],
    [60, 900],
  ])(
    'is at an interval of %i minutes %i seconds, less than until the next run and than Lambda allows',
    (minutes, seconds) => {
      expect(timeoutWithin(Duration.minutes(minutes)).toSeconds()).toBe(seconds);
    },
  );

  it.each([
    ['Recorder', 580, 'what its interval leaves'],
    ['Query', 29, 'ends before the API stops waiting, which is after 30 seconds'],
    ['Export', 900, "Lambda's longest, for the days"],
  ])('%s is %i seconds: %s', (name, seconds) => {
    expect(functionOf(name, CONFIGURED).Timeout).toBe(seconds);
  });
});

describe('the environment of a function', () => {
  const [SNAPSHOTS_TABLE, CONNECTIONS_TABLE, ACCESSES_TABLE] = Object.values(TABLE_NAMES);
  const all = { SNAPSHOTS_TABLE, CONNECTIONS_TABLE, INTERVAL_MINUTES: 10, EPSILON_SECONDS: 60 };
  const evidence = { ARCHIVE_BUCKET: 'trail-archive', SIGNING_KEY: KEY_ARN };
  const recording = { ENDPOINTS, PAGE_SIZE: 500, RETENTION: 400, ACCOUNT_ID: '123456789012' };

  it.each([
    ['Recorder', recorderEnvironment, { ...all, ...evidence, ...recording }],
    ['Query', queryEnvironment, { ...all, ACCESSES_TABLE }],
    ['Export', exportEnvironment, { ...all, ...evidence, ACCESSES_TABLE }],
  ])('%s has the configuration, and its own schema accepts it', (name, schema, expected) => {
    const variables = Object.entries(environmentOf(name, CONFIGURED)).map(([key, value]) => [key, readable(value)]);
    expect(schema.parse(Object.fromEntries(variables))).toEqual(expected);
  });

  const trail = { SNAPSHOTS_TABLE: '{TablesSnapshots}', CONNECTIONS_TABLE: '{TablesConnections}' };
  const byDefault = { ...trail, ARCHIVE_BUCKET: '{ArchiveBucket}', SIGNING_KEY: '{SigningKey.Arn}' };
  it.each([
    [
      'Recorder',
      {
        ...byDefault,
        ENDPOINTS: 'all',
        INTERVAL_MINUTES: '5',
        PAGE_SIZE: '1000',
        EPSILON_SECONDS: '120',
        RETENTION: 'forever',
        ACCOUNT_ID: '{AWS::AccountId}',
        // Where the alarms look for its metrics.
        POWERTOOLS_METRICS_NAMESPACE: 'ClientVpnAudit',
        POWERTOOLS_SERVICE_NAME: 'recorder',
      },
    ],
    ['Query', { ...trail, ACCESSES_TABLE: '{TablesAccesses}' }],
    ['Export', { ...byDefault, ACCESSES_TABLE: '{TablesAccesses}' }],
  ])('%s has by default what the stack makes, the same as the recorder', (name, expected) => {
    const variables = Object.entries(environmentOf(name)).map(([key, value]) => [key, plain(value)]);
    expect(Object.fromEntries(variables)).toMatchObject(expected);
  });
});

describe('an event that fails', () => {
  it.each([
    ['Recorder', 'FailedRecordings', 600],
    ['Export', 'FailedExports', undefined],
  ])(
    'of the function %s is retried twice within its interval, and then kept for people to see',
    (name, queue, seconds) => {
      const { Properties } = resourceOf('AWS::Lambda::EventInvokeConfig', `AuditTrail${name}`, { interval: 10 });
      expect(plain(Properties.FunctionName)).toBe(`{${name}Function}`);
      expect(Properties).toMatchObject({ Qualifier: '$LATEST', MaximumRetryAttempts: 2 });
      expect(Properties.MaximumEventAgeInSeconds).toBe(seconds);
      expect(plain(Properties.DestinationConfig.OnFailure.Destination)).toBe(`{${name}${queue}.Arn}`);
    },
  );

  it('stays 14 days in an encrypted queue that nobody reaches without TLS, as does one that was not delivered', () => {
    expect(propertiesOf('AWS::SQS::Queue')).toEqual(
      Array.from({ length: 4 }, () => ({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true })),
    );
    const policies = propertiesOf('AWS::SQS::QueuePolicy');
    expect(policies.flatMap(({ PolicyDocument }) => allowances(PolicyDocument).map(plain))).toEqual(
      ['RecorderFailedRecordings', 'ScheduleUndelivered', 'ExportFailedExports', 'DailyExportUndelivered'].map(
        (queue) => `Deny sqs:* on {${queue}.Arn} if aws:SecureTransport Bool false`,
      ),
    );
    for (const { PolicyDocument } of policies) expect(PolicyDocument.Statement[0].Principal).toEqual({ AWS: '*' });
  });
});

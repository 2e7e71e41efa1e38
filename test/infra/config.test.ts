import { describe, expect, it } from 'vitest';
import { ConfigError, configFromContext, parseConfig } from '../../lib/config.ts';
import { SETTINGS } from '../../lib/settings.ts';
import { KEY_ARN, TABLE_NAMES } from './synthesized.ts';

const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';
const ROLE_ARN = 'arn:aws:iam::111122223333:role/ClientVpnAuditReader';

/** The message with which a configuration is refused. */
function refusal(given: Record<string, unknown>): string {
  try {
    parseConfig(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the configuration', () => {
  it('is complete without anything given', () => {
    expect(parseConfig({})).toEqual({
      endpoints: 'all',
      interval: 5,
      pageSize: 1000,
      epsilonSeconds: 120,
      retention: 'forever',
      encryption: 'aws-owned',
      archiveLockMode: 'governance',
      dailyExportHour: 2,
      apiRateLimit: 20,
      apiBurstLimit: 50,
      logRetentionDays: 90,
      removalPolicy: 'retain',
      tags: {},
      stackName: 'ClientVpnAudit',
    });
  });

  const accepted: [key: string, given: unknown, taken: unknown][] = [
    ['endpoints', [ENDPOINT], [ENDPOINT]],
    ['endpoints', `${ENDPOINT},cvpn-endpoint-0123456789abcdef1`, [ENDPOINT, 'cvpn-endpoint-0123456789abcdef1']],
    ['targets', '[{"region":"us-east-1"}]', [{ region: 'us-east-1', endpoints: 'all' }]],
    [
      'targets',
      [{ account: '111122223333', endpoints: [ENDPOINT] }],
      [{ account: '111122223333', endpoints: [ENDPOINT] }],
    ],
    ['interval', '15', 15],
    ['pageSize', '5', 5],
    ['epsilonSeconds', '0', 0],
    ['retention', '400', 400],
    ['encryption', KEY_ARN, KEY_ARN],
    ['encryption', 'customer-managed', 'customer-managed'],
    ['snapshotsTableName', 'Trail.Snapshots-1', 'Trail.Snapshots-1'],
    ['connectionsTableName', 'Trail.Connections-1', 'Trail.Connections-1'],
    ['accessesTableName', 'Trail.Accesses-1', 'Trail.Accesses-1'],
    ['archiveBucketName', 'trail.archive-1', 'trail.archive-1'],
    ['archiveLockDays', '365', 365],
    ['archiveLockMode', 'governance', 'governance'],
    ['signingKeyArn', KEY_ARN, KEY_ARN],
    ['previousSigningKeyArn', KEY_ARN, KEY_ARN],
    ['dailyExportHour', '0', 0],
    ['dailyExportHour', 23, 23],
    ['dailyExportHour', 'off', 'off'],
    ['apiRateLimit', '10000', 10_000],
    ['apiBurstLimit', '1', 1],
    ['alarmEmail', 'audit@example.org', 'audit@example.org'],
    ['logRetentionDays', '365', 365],
    ['removalPolicy', 'destroy', 'destroy'],
    ['tags', { team: 'network' }, { team: 'network' }],
    ['tags', 'team=network,note=a=b', { team: 'network', note: 'a=b' }],
    ['stackName', 'Vpn-Trail', 'Vpn-Trail'],
    ['account', '012345678901', '012345678901'],
    ['region', 'us-gov-west-1', 'us-gov-west-1'],
  ];
  it('takes a target of another account, with its role and the external id', () => {
    const targets = [{ roleArn: ROLE_ARN, endpoints: ENDPOINT }];
    expect(parseConfig({ targets, externalId: 'company-4711' })).toMatchObject({
      externalId: 'company-4711',
      targets: [{ roleArn: ROLE_ARN, endpoints: [ENDPOINT] }],
    });
  });
  it.each(accepted)('takes as %s %j', (key, given, taken) => {
    expect(parseConfig({ [key]: given })).toHaveProperty([key], taken);
  });

  const ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/Trail';
  const ALIAS = 'arn:aws:kms:eu-central-1:123456789012:alias/trail';
  const refused: [key: string, expected: string, ...given: unknown[]][] = [
    ['endpoints', '"all", or 1 to 40 different ids', 'every', [], [ENDPOINT, ENDPOINT], ['vpc-0123456789abcdef0']],
    [
      'targets',
      'a list of 1 to 100 objects',
      [],
      'us-east-1',
      [{ regio: 'us-east-1' }],
      [{ roleArn: 'ClientVpnAuditReader' }],
    ],
    ['externalId', '2 to 1224 letters', 'a', 'two words'],
    ['interval', 'a whole number of minutes from 1 to 15', 0, 16, 2.5, '5m'],
    ['pageSize', 'a whole number of rows from 5 to 1000', 4, 1001],
    ['epsilonSeconds', 'a whole number of seconds from 0 to 900', 901],
    ['retention', '"forever", or a whole number of days', 0, 'never'],
    ['encryption', '"aws-owned", "customer-managed", or the ARN', 'kms'],
    ['encryption', 'not of an alias', ALIAS],
    ['snapshotsTableName', 'not its ARN', ARN],
    ['connectionsTableName', 'the name of an existing DynamoDB table', 'x'],
    ['accessesTableName', 'not its ARN', ARN],
    ['archiveBucketName', 'the name of an existing S3 bucket (not its ARN)', 'arn:aws:s3:::trail-archive', 'Trail'],
    ['archiveLockDays', 'a whole number of days from 1 to 36500', 0, 'forever'],
    ['archiveLockMode', '"governance" or "compliance"', 'legal'],
    ['signingKeyArn', 'ECC_NIST_EDWARDS25519', ALIAS],
    ['previousSigningKeyArn', 'ECC_NIST_EDWARDS25519', ALIAS],
    ['dailyExportHour', 'a whole hour from 0 to 23 (UTC), or "off"', 24, '02:00'],
    ['apiRateLimit', 'a whole number of requests a second from 1 to 10000', 0, 10_001],
    ['apiBurstLimit', 'a whole number of requests from 1 to 5000', 0, 5001],
    ['alarmEmail', 'one e-mail address', 'audit', 'a@example.org,b@example.org'],
    ['logRetentionDays', "one of CloudWatch's retentions: 1, 3, 5", 31, 9999],
    ['removalPolicy', '"retain" or "destroy"', 'delete'],
    ['tags', 'names and values', 'team'],
    ['tags', 'must not begin with "aws:"', { 'aws:team': 'network' }],
    ['stackName', 'a CloudFormation stack name', '1st'],
    ['account', 'a string of 12 digits', 123456789012],
    ['region', 'an AWS Region', 'Frankfurt'],
  ];
  it.each(refused)(
    'refuses what is wrong for %s, naming the key, what was given and what was expected: %s',
    (key, expected, ...all) => {
      for (const given of all) {
        const message = refusal({ [key]: given });
        expect(message).toContain(`cvpn-audit:${key}: got ${JSON.stringify(given)}; expected `);
        expect(message).toContain(expected);
      }
    },
  );

  it('has every key among those tested here', () => {
    expect(new Set(refused.map(([key]) => key))).toEqual(new Set(SETTINGS.keys()));
    // It is taken only beside a role.
    expect(new Set([...accepted.map(([key]) => key), 'externalId'])).toEqual(new Set(SETTINGS.keys()));
  });

  it('refuses a key that does not exist, and says which do', () => {
    expect(refusal({ intervall: 5 })).toMatch(
      /cvpn-audit:intervall: there is no such key; expected one of endpoints, targets,/,
    );
  });

  it('names every wrong key at once, each once', () => {
    const lines = refusal({ interval: 0, endpoints: ['a', 'b'] })
      .trim()
      .split('\n')
      .slice(1);
    expect(lines.map((line) => line.split(':')[1])).toEqual(['endpoints', 'interval']);
  });
});

describe('the configuration, although each key is right,', () => {
  it.each([
    ['connectionsTableName', { snapshotsTableName: 'Trail', connectionsTableName: 'Trail' }],
    ['accessesTableName', { snapshotsTableName: 'Trail', accessesTableName: 'Trail' }],
    ['accessesTableName', { connectionsTableName: 'Trail', accessesTableName: 'Trail' }],
    ['accessesTableName', { snapshotsTableName: 'Trail', connectionsTableName: 'Other', accessesTableName: 'Trail' }],
  ])('refuses one table for two: as %s that of %j', (key, given) => {
    expect(refusal(given)).toContain(`cvpn-audit:${key}: got "Trail", which is another of the tables`);
  });

  it.each([
    [
      'a lock that outlasts the retention, and says both',
      { archiveLockDays: 401, retention: 400 },
      'archiveLockDays: got 401, which is longer than the retention of 400 days; expected at most that',
      [{ archiveLockDays: 400, retention: 400 }, { archiveLockDays: 36_500 }],
    ],
    [
      'to lock a bucket that it does not make',
      { archiveLockDays: 30, archiveBucketName: 'trail-archive' },
      'archiveLockDays: got 30 beside archiveBucketName; expected the lock to be set on the bucket trail-archive itself',
      [{ archiveBucketName: 'trail-archive', retention: 400 }],
    ],
    [
      'compliance mode for no time: what cannot be undone is not half configured',
      { archiveLockMode: 'compliance' },
      'archiveLockMode: got "compliance" without archiveLockDays',
      [{ archiveLockMode: 'compliance', archiveLockDays: 1 }],
    ],
    [
      'a key of its own where no table is made that it could encrypt',
      { ...TABLE_NAMES, encryption: 'customer-managed' },
      'encryption: got "customer-managed"',
      [
        { ...TABLE_NAMES, encryption: KEY_ARN },
        { snapshotsTableName: 'Old', connectionsTableName: 'Rebuilt', encryption: 'customer-managed' },
      ],
    ],
    [
      'a role without the external id that it must demand',
      { targets: [{ roleArn: ROLE_ARN }] },
      `targets: got {"roleArn":"${ROLE_ARN}","endpoints":"all"} without externalId; expected externalId, which`,
      [{ targets: [{ roleArn: ROLE_ARN }], externalId: 'company-4711' }],
    ],
    [
      'a role of another account than the target',
      { targets: [{ roleArn: ROLE_ARN, account: '123456789012' }], externalId: 'company-4711' },
      'whose role is of account 111122223333; expected a role of account 123456789012',
      [{ targets: [{ roleArn: ROLE_ARN, account: '111122223333' }], externalId: 'company-4711' }],
    ],
    [
      "another account than the stack's without a role there",
      { account: '123456789012', targets: [{ account: '111122223333' }] },
      'targets: got {"account":"111122223333","endpoints":"all"} of another account than the stack\'s, 123456789012; expected the roleArn',
      [{ account: '123456789012', targets: [{ account: '123456789012' }] }],
    ],
    [
      'two targets of one account and Region, whose runs would close the logs of each other',
      { targets: [{ region: 'us-east-1', endpoints: [ENDPOINT] }, { region: 'us-east-1' }] },
      'targets: got {"region":"us-east-1","endpoints":"all"} which may be the account and Region of {"region":"us-east-1"',
      [
        { targets: [{ region: 'us-east-1' }, { region: 'us-east-2' }] },
        {
          targets: [{ region: 'us-east-1' }, { region: 'us-east-1', roleArn: ROLE_ARN }],
          externalId: 'company-4711',
          account: '123456789012',
        },
      ],
    ],
    [
      'two targets of which nobody can tell whether they are one',
      { targets: [{}, { region: 'us-east-1' }] },
      'targets: got {"region":"us-east-1","endpoints":"all"} which may be',
      [{ region: 'eu-central-1', targets: [{}, { region: 'us-east-1' }] }],
    ],
    [
      'two targets of the account of a role, one of them without the role',
      {
        targets: [
          { account: '111122223333', region: 'us-east-1' },
          { region: 'us-east-1', roleArn: ROLE_ARN },
        ],
        externalId: 'company-4711',
      },
      `"roleArn":"${ROLE_ARN}","endpoints":"all"} which may be`,
      [],
    ],
    [
      'endpoints beside targets, of which each has its own',
      { endpoints: [ENDPOINT], targets: [{ region: 'us-east-1' }] },
      `endpoints: got ["${ENDPOINT}"] beside targets; expected the ids as endpoints of the target`,
      [{ targets: [{ endpoints: [ENDPOINT] }] }],
    ],
    [
      'an external id that nobody demands',
      { externalId: 'company-4711', targets: [{}] },
      'externalId: got "company-4711" without a roleArn',
      [{ targets: [{}] }],
    ],
  ])('refuses %s', (_, given, message, neighbours) => {
    expect(refusal(given)).toContain(message);
    for (const neighbour of neighbours) expect(refusal(neighbour)).toBe('accepted');
  });
});

describe('the context', () => {
  it('gives the object of cdk.json, and over it each key of the command line', () => {
    const context = {
      'cvpn-audit': { interval: 5, retention: 'forever' },
      'cvpn-audit:interval': '10',
      'cvpn-audit:alarmEmail': 'audit@example.org',
      '@aws-cdk/core:checkSecretUsage': true,
    };
    expect(configFromContext(context)).toEqual({
      interval: '10',
      retention: 'forever',
      alarmEmail: 'audit@example.org',
    });
  });

  it('may say nothing, and is refused where it is no object, with how to give one key', () => {
    expect(configFromContext({})).toEqual({});
    expect(() => configFromContext({ 'cvpn-audit': ['interval'] })).toThrow('got ["interval"]; expected an object');
    expect(() => configFromContext({ 'cvpn-audit': 'interval=10' })).toThrow(
      /got "interval=10"; expected an object.*-c cvpn-audit:interval=10/,
    );
  });
});

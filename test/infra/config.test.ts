import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { SETTINGS } from '../../lib/settings.ts';
import { refusal } from './config-refusal.ts';

const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

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
  it.each(accepted)('takes as %s %j', (key, given, taken) => {
    expect(parseConfig({ [key]: given })).toHaveProperty([key], taken);
  });

  const refused: [key: string, given: unknown, expected: string][] = [
    ['endpoints', 'every', '"all", or 1 to 40 different ids'],
    ['endpoints', [], '"all", or 1 to 40 different ids'],
    ['endpoints', [ENDPOINT, ENDPOINT], '"all", or 1 to 40 different ids'],
    ['endpoints', ['vpc-0123456789abcdef0'], '"all", or 1 to 40 different ids'],
    ['interval', 0, 'a whole number of minutes from 1 to 15'],
    ['interval', 16, 'a whole number of minutes from 1 to 15'],
    ['interval', 2.5, 'a whole number of minutes from 1 to 15'],
    ['interval', '5m', 'a whole number of minutes from 1 to 15'],
    ['pageSize', 4, 'a whole number of rows from 5 to 1000'],
    ['pageSize', 1001, 'a whole number of rows from 5 to 1000'],
    ['epsilonSeconds', 901, 'a whole number of seconds from 0 to 900'],
    ['retention', 0, '"forever", or a whole number of days'],
    ['retention', 'never', '"forever", or a whole number of days'],
    ['encryption', 'kms', '"aws-owned", "customer-managed", or the ARN'],
    ['encryption', 'arn:aws:kms:eu-central-1:123456789012:alias/trail', 'not of an alias'],
    ['snapshotsTableName', 'arn:aws:dynamodb:eu-central-1:123456789012:table/Trail', 'not its ARN'],
    ['connectionsTableName', 'x', 'the name of an existing DynamoDB table'],
    ['accessesTableName', 'arn:aws:dynamodb:eu-central-1:123456789012:table/Trail', 'not its ARN'],
    ['archiveBucketName', 'arn:aws:s3:::trail-archive', 'not its ARN'],
    ['archiveBucketName', 'Trail', 'the name of an existing S3 bucket'],
    ['archiveLockDays', 0, 'a whole number of days from 1 to 36500'],
    ['archiveLockDays', 'forever', 'a whole number of days from 1 to 36500'],
    ['archiveLockMode', 'legal', '"governance" or "compliance"'],
    ['signingKeyArn', 'arn:aws:kms:eu-central-1:123456789012:alias/trail', 'ECC_NIST_EDWARDS25519'],
    ['dailyExportHour', 24, 'a whole hour from 0 to 23 (UTC), or "off"'],
    ['dailyExportHour', '02:00', 'a whole hour from 0 to 23 (UTC), or "off"'],
    ['apiRateLimit', 0, 'a whole number of requests a second from 1 to 10000'],
    ['apiRateLimit', 10_001, 'a whole number of requests a second from 1 to 10000'],
    ['apiBurstLimit', 0, 'a whole number of requests from 1 to 5000'],
    ['apiBurstLimit', 5001, 'a whole number of requests from 1 to 5000'],
    ['alarmEmail', 'audit', 'one e-mail address'],
    ['alarmEmail', 'a@example.org,b@example.org', 'one e-mail address'],
    ['logRetentionDays', 31, "one of CloudWatch's retentions: 1, 3, 5"],
    ['logRetentionDays', 9999, "one of CloudWatch's retentions: 1, 3, 5"],
    ['removalPolicy', 'delete', '"retain" or "destroy"'],
    ['tags', 'team', 'names and values'],
    ['tags', { 'aws:team': 'network' }, 'must not begin with "aws:"'],
    ['stackName', '1st', 'a CloudFormation stack name'],
    ['account', 123456789012, 'a string of 12 digits'],
    ['region', 'Frankfurt', 'an AWS Region'],
  ];
  it.each(refused)('refuses as %s %j, naming the key, what was given and what was expected', (key, given, expected) => {
    const message = refusal({ [key]: given });
    expect(message).toContain(`cvpn-audit:${key}: got ${JSON.stringify(given)}; expected `);
    expect(message).toContain(expected);
  });

  it('has every key among those tested here', () => {
    expect(new Set(refused.map(([key]) => key))).toEqual(new Set(SETTINGS.keys()));
    expect(new Set(accepted.map(([key]) => key))).toEqual(new Set(SETTINGS.keys()));
  });

  it('refuses a key that does not exist, and says which do', () => {
    expect(refusal({ intervall: 5 })).toMatch(
      /cvpn-audit:intervall: there is no such key; expected one of endpoints, interval,/,
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

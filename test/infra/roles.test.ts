import { describe, expect, it } from 'vitest';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { allowances, KEY_ARN, permissionsOf, plain, propertiesOf, resourcesOf, TABLE_NAMES } from './synthesized.ts';

// What each role may do by default, with a key of the stack's own and with an archive elsewhere stands in
// docs/permissions.md, which the rehearsal of the deployment compares.

describe('a role may', () => {
  it('read the connections of the configured endpoints only', () => {
    const ids = ['cvpn-endpoint-0123456789abcdef0', 'cvpn-endpoint-0123456789abcdef1'];
    const lines = permissionsOf('AuditTrailRecorderPolicy', { endpoints: ids });
    const arn = 'arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:client-vpn-endpoint';
    expect(lines.filter((line) => line.includes('Connections on'))).toEqual(
      ids.map((id) => `Allow ec2:DescribeClientVpnConnections on ${arn}/${id}`),
    );
  });

  const onSnapshots = ['GetItem Old', 'Query Old'];
  it.each([
    ['Recorder', [...onSnapshots, 'PutItem Old', 'BatchGetItem Rebuilt', 'GetItem Rebuilt', 'PutItem Rebuilt']],
    [
      'Query',
      [
        ...onSnapshots,
        'GetItem Rebuilt',
        ...CONNECTIONS.indexes.map(({ name }) => `Query Rebuilt/index/${name}`),
        'PutItem Notes',
        'Query Notes',
      ],
    ],
    ['Export', [...onSnapshots, 'BatchGetItem Rebuilt', 'GetItem Rebuilt', 'PutItem Notes']],
  ])('(%s) use existing tables by their own ARNs, and their indexes', (name, expected) => {
    const lines = permissionsOf(`AuditTrail${name}Policy`, TABLE_NAMES).filter((line) => line.includes('dynamodb:'));
    const arn = 'arn:{AWS::Partition}:dynamodb:{AWS::Region}:{AWS::AccountId}:table';
    expect(lines).toEqual(expected.map((one) => `Allow dynamodb:${one.replace(' ', ` on ${arn}/`)}`).sort());
  });

  const dynamodb = ['Decrypt dynamodb', 'DescribeKey dynamodb'];
  it.each([
    ['Recorder', [...dynamodb, 'Decrypt s3', 'GenerateDataKey s3']],
    ['Query', dynamodb],
    ['Export', [...dynamodb, 'Decrypt s3', 'GenerateDataKey s3']],
  ])("(%s) use the tables' key, through DynamoDB and through S3 and in no other way", (name, expected) => {
    const config = { encryption: KEY_ARN, region: 'eu-central-1' };
    const lines = permissionsOf(`AuditTrail${name}Policy`, config).filter((line) => line.includes(KEY_ARN));
    const through = `on ${KEY_ARN} if kms:ViaService StringEquals`;
    expect(lines).toEqual(
      expected.map((one) => `Allow kms:${one.replace(' ', ` ${through} `)}.eu-central-1.amazonaws.com`).sort(),
    );
  });

  it("(Export) add to an existing archive by its own ARN, whose encryption is its owner's matter", () => {
    const lines = permissionsOf('AuditTrailExportPolicy', { archiveBucketName: 'trail-archive', encryption: KEY_ARN });
    const bucket = 'arn:{AWS::Partition}:s3:::trail-archive';
    expect(lines.filter((line) => /s3[:.]/.test(line))).toEqual([
      `Allow s3:GetObject on ${bucket}/exports/*`,
      `Allow s3:ListBucket on ${bucket} if s3:prefix StringLike exports/*`,
      `Allow s3:PutObject on ${bucket}/exports/* if s3:if-none-match Null false`,
    ]);
  });
});

it('a function can be invoked by requests of its own API and by its schedule only: it has no URL', () => {
  const permitted = propertiesOf('AWS::Lambda::Permission').map(({ FunctionName, Principal, Action, SourceArn }) =>
    [Principal, Action, plain(FunctionName), plain(SourceArn).replace(/^arn:.*:(?=\{Api\})/, '')].join(' '),
  );
  expect(permitted).toEqual([
    'apigateway.amazonaws.com lambda:InvokeFunction {QueryFunction.Arn} {Api}/$default/GET/*',
    'apigateway.amazonaws.com lambda:InvokeFunction {ExportFunction.Arn} {Api}/$default/POST/exports',
  ]);
  expect(resourcesOf('AWS::Lambda::Url')).toEqual({});
});

describe('roles', () => {
  it('are six, each with one policy of its own, none inline and none of AWS', () => {
    const config = { encryption: 'customer-managed', removalPolicy: 'destroy', alarmEmail: 'audit@example.org' };
    expect(resourcesOf('AWS::IAM::Policy', config)).toEqual({});
    const attached = Object.entries(resourcesOf('AWS::IAM::Role', config)).map(([id, { Properties }]) => [
      plain({ Ref: id }).replace('Role', 'Policy'),
      Properties.Policies,
      Properties.ManagedPolicyArns.map(plain),
    ]);
    expect(attached).toEqual(attached.map(([policy]) => [policy, undefined, [policy]]));
    expect(attached).toHaveLength(6);
  });

  it('are assumed by Lambda, and by the Scheduler for its own schedule group of this account', () => {
    const trusts = Object.entries(resourcesOf('AWS::IAM::Role')).map(([id, { Properties }]) => {
      const [{ Principal, Action, Effect, Condition }, ...others] = Properties.AssumeRolePolicyDocument.Statement;
      expect([Action, Effect, others]).toEqual(['sts:AssumeRole', 'Allow', []]);
      const conditions = Object.entries(Condition?.StringEquals ?? {}).map(([key, value]) => `${key} ${plain(value)}`);
      return [plain({ Ref: id }), Principal.Service, ...conditions].join(' ');
    });
    const lambda = ['PublicKey', 'Recorder', 'Query', 'Export'].map((name) => `{${name}Role} lambda.amazonaws.com`);
    const scheduler = ['Schedule', 'DailyExport'].map(
      (name) =>
        `{${name}Role} scheduler.amazonaws.com aws:SourceAccount {AWS::AccountId} aws:SourceArn {${name}Group.Arn}`,
    );
    expect(trusts.sort()).toEqual([...lambda, ...scheduler].sort());
  });

  it.each([
    ['by default', {}, []],
    [
      'with a key of their own and everything destroyable',
      { encryption: 'customer-managed', removalPolicy: 'destroy', alarmEmail: 'audit@example.org' },
      ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
    ],
  ])('cannot delete an item, an object or a key, lift a lock or rewrite a rule, %s', (_, config, ofOwnKey) => {
    const documents = propertiesOf('AWS::IAM::ManagedPolicy', config).map(({ PolicyDocument }) => PolicyDocument);
    const actions = new Set(documents.flatMap(allowances).map((line) => line.split(' ')[1] ?? ''));
    expect([...actions].filter((action) => /^\*|^(?:dynamodb|s3|kms):/.test(action)).sort()).toEqual([
      ...['BatchGetItem', 'GetItem', 'PutItem', 'Query'].map((action) => `dynamodb:${action}`),
      ...ofOwnKey,
      'kms:GetPublicKey',
      'kms:Sign',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });
});

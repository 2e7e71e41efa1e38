import { describe, expect, it } from 'vitest';
import { allowances, permissionsOf, readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const POLICY = 'AWS::IAM::ManagedPolicy';
const EVERY_ENDPOINT = 'arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:client-vpn-endpoint/*';
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const SNAPSHOTS = '{AuditTrailTablesSnapshotsEF4E68EE.Arn}';
const CONNECTIONS = '{AuditTrailTablesConnectionsD032F570.Arn}';

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

  it("use the tables' key, through DynamoDB and in no other way", () => {
    const keys = permissionsOf('AuditTrailRecorder', { encryption: KEY_ARN, region: 'eu-central-1' }).filter((line) =>
      line.includes('kms:'),
    );
    const through = 'if kms:ViaService StringEquals dynamodb.eu-central-1.amazonaws.com';
    expect(keys).toEqual([
      `Allow kms:Decrypt on ${KEY_ARN} ${through}`,
      `Allow kms:DescribeKey on ${KEY_ARN} ${through}`,
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

describe('the schedule may', () => {
  it('invoke the recorder, report what was not delivered, and nothing else', () => {
    expect(permissionsOf('AuditTrailSchedule')).toEqual([
      'Allow lambda:InvokeFunction on {AuditTrailRecorderFunction.Arn}',
      'Allow sqs:SendMessage on {AuditTrailScheduleUndelivered.Arn}',
    ]);
  });
});

const roles = (config = {}) => Object.values(resourcesOf(templateOf(config), 'AWS::IAM::Role'));

describe('roles', () => {
  it('are three, each with one policy, none inline and none of AWS', () => {
    const template = templateOf({ encryption: 'customer-managed', alarmEmail: 'audit@example.org' });
    const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    expect(Object.keys(resourcesOf(template, 'AWS::IAM::Policy'))).toEqual([]);
    expect(roles).toHaveLength(3);
    for (const { Properties } of roles) {
      expect(Properties.Policies).toBeUndefined();
      expect(Properties.ManagedPolicyArns).toEqual([
        { Ref: expect.stringMatching(/^AuditTrail\w+Policy[0-9A-F]{8}$/) },
      ]);
    }
  });

  it('are assumed by Lambda, and by the Scheduler for this schedule group of this account', () => {
    const byLambda = { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } };
    const trusts = roles().map(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement);
    expect(trusts).toEqual([
      [byLambda],
      [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailScheduleGroup/), 'Arn'] },
            },
          },
        },
      ],
      [byLambda],
    ]);
  });

  it.each([
    ['by default', {}],
    ['with a customer-managed key', { encryption: 'customer-managed' }],
    ['with everything destroyable', { removalPolicy: 'destroy' }],
  ])('cannot delete an item, %s', (_, config) => {
    const documents = Object.values(resourcesOf(templateOf(config), POLICY)).map(
      ({ Properties }) => Properties.PolicyDocument,
    );
    const actions = documents.flatMap(allowances).map((line) => line.split(' ')[1] ?? '');
    expect(actions.filter((action) => /^\*$|^dynamodb:(\*|.*Delete|.*Write|.*PartiQL)/.test(action))).toEqual([]);
    expect(actions).toContain('dynamodb:PutItem');
  });
});

describe('the recorder function', () => {
  it('can be invoked by the schedule only: it has no resource policy and no URL', () => {
    const template = templateOf();
    const permitted = Object.values(resourcesOf(template, 'AWS::Lambda::Permission'));
    expect(permitted.map(({ Properties }) => readable(Properties.FunctionName)).join()).not.toContain('Recorder');
    expect(resourcesOf(template, 'AWS::Lambda::Url')).toEqual({});
    expect(readable(resourceOf(template, 'AWS::Scheduler::Schedule', 'AuditTrail').Properties.Target.RoleArn)).toMatch(
      /^\{AuditTrailScheduleRole\w+\.Arn\}$/,
    );
  });
});

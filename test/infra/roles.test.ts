import { describe, expect, it } from 'vitest';
import { allowances, permissionsOf, resourcesOf, templateOf } from './synthesized.ts';

const POLICY = 'AWS::IAM::ManagedPolicy';

describe('a schedule may', () => {
  it.each([
    ['Schedule', 'Recorder'],
    ['DailyExport', 'Export'],
  ])('(%s) invoke its function (%s), report what was not delivered, and nothing else', (schedule, target) => {
    expect(permissionsOf(`AuditTrail${schedule}`)).toEqual([
      `Allow lambda:InvokeFunction on {AuditTrail${target}Function.Arn}`,
      `Allow sqs:SendMessage on {AuditTrail${schedule}Undelivered.Arn}`,
    ]);
  });
});

const roles = (config = {}) => Object.entries(resourcesOf(templateOf(config), 'AWS::IAM::Role'));

describe('roles', () => {
  it('are six, each with one policy, none inline and none of AWS', () => {
    const template = templateOf({ encryption: 'customer-managed', alarmEmail: 'audit@example.org' });
    const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    expect(Object.keys(resourcesOf(template, 'AWS::IAM::Policy'))).toEqual([]);
    expect(roles).toHaveLength(6);
    for (const { Properties } of roles) {
      expect(Properties.Policies).toBeUndefined();
      expect(Properties.ManagedPolicyArns).toEqual([
        { Ref: expect.stringMatching(/^AuditTrail\w+Policy[0-9A-F]{8}$/) },
      ]);
    }
  });

  it('are assumed by Lambda, and by the Scheduler for its own schedule group of this account', () => {
    const byLambda = { Principal: { Service: 'lambda.amazonaws.com' } };
    const byScheduler = (group: string) => ({
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(`^AuditTrail${group}Group`), 'Arn'] },
        },
      },
    });
    const trusts = roles().map(([id, { Properties }]) => [
      id.replace(/^AuditTrail|Role\w{8}$/g, ''),
      Properties.AssumeRolePolicyDocument.Statement,
    ]);
    const assumed = { Action: 'sts:AssumeRole', Effect: 'Allow' };
    expect(Object.fromEntries(trusts)).toEqual({
      PublicKey: [{ ...assumed, ...byLambda }],
      Recorder: [{ ...assumed, ...byLambda }],
      Query: [{ ...assumed, ...byLambda }],
      Export: [{ ...assumed, ...byLambda }],
      Schedule: [{ ...assumed, ...byScheduler('Schedule') }],
      DailyExport: [{ ...assumed, ...byScheduler('DailyExport') }],
    });
  });

  it.each([
    ['by default', {}],
    ['with a customer-managed key', { encryption: 'customer-managed' }],
    ['with everything destroyable', { removalPolicy: 'destroy' }],
  ])('cannot delete an item, an object or a key, lift a lock or rewrite a rule, %s', (_, config) => {
    const documents = Object.values(resourcesOf(templateOf(config), POLICY)).map(
      ({ Properties }) => Properties.PolicyDocument,
    );
    const actions = new Set(documents.flatMap(allowances).map((line) => line.split(' ')[1] ?? ''));
    const ofStores = [...actions].filter((action) => /^\*|^(?:dynamodb|s3|kms):/.test(action)).sort();
    const ofOwnKey = 'encryption' in config ? ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'] : [];
    expect(ofStores).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      ...ofOwnKey,
      'kms:GetPublicKey',
      'kms:Sign',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });
});

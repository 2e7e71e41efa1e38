import { describe, expect, it } from 'vitest';
import { allowances, readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

describe('the alarm topic', () => {
  it('is encrypted by a key that rotates, and that CloudWatch may use', () => {
    const template = templateOf();
    const { Properties } = resourceOf(template, 'AWS::KMS::Key', 'AuditTrailAlarmsAlarmTopicKey');
    expect(Properties.EnableKeyRotation).toBe(true);
    expect(Properties.KeyPolicy.Statement).toContainEqual({
      Sid: 'AlarmsUseKey',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    });
    expect(readable(resourceOf(template, 'AWS::SNS::Topic', 'AuditTrail').Properties.KmsMasterKeyId)).toMatch(
      /^\{AuditTrailAlarmsAlarmTopicKey\w+\.Arn\}$/,
    );
  });

  it('takes messages from the alarms of this account, and from nobody without TLS', () => {
    const { PolicyDocument } = resourceOf(templateOf(), 'AWS::SNS::TopicPolicy', 'AuditTrail').Properties;
    expect(allowances(PolicyDocument).map((line) => line.replace(/\{Audit\w+\}/, 'topic'))).toEqual([
      'Allow sns:Publish on topic if aws:SourceAccount StringEquals {AWS::AccountId}',
      'Deny sns:Publish on topic if aws:SecureTransport Bool false',
    ]);
  });

  it('is subscribed by e-mail where an address is configured, and by nobody else', () => {
    const SUBSCRIPTION = 'AWS::SNS::Subscription';
    expect(resourcesOf(templateOf(), SUBSCRIPTION)).toEqual({});
    const template = templateOf({ alarmEmail: 'audit@example.org' });
    expect(resourceOf(template, SUBSCRIPTION, 'AuditTrail').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'audit@example.org',
    });
  });
});

import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/**
 * The topic for alarms, encrypted with its own key. CloudWatch cannot publish to a topic that is encrypted with the
 * AWS managed key `aws/sns`, because that key's policy cannot allow it. So this needs a key and both policies
 * below. Without either of them every alarm would be lost silently.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  /** @param email who gets the alarms by e-mail, after confirming the subscription; nobody if undefined */
  constructor(scope: Construct, id: string, email: string | undefined) {
    super(scope, id);
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alarms of the Client VPN audit trail on their way',
      enableKeyRotation: true,
      // It protects messages in flight and nothing that lasts.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // No condition: whose alarms may publish is decided by the topic's policy.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsUseKey',
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    this.topic = new Topic(this, 'Topic', { displayName: 'Client VPN audit trail', masterKey: key, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (email !== undefined) {
      this.topic.addSubscription(new EmailSubscription(email));
    }
  }
}

import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * A dead-letter queue. Only people read it, so messages are kept for 14 days, SQS's maximum: long enough to come back
 * from a holiday and still see what happened.
 */
export function deliveryQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'This queue is itself the last resort of failed deliveries: nothing consumes it, so no message can fail in it and move on. An alarm reports the first message.',
  });
  return queue;
}

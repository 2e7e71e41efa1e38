import { awsOptions } from '../../../local/network/aws-options.ts';
import { count } from '../../../words/amounts.ts';
import type { Check } from '../finding.ts';
import { type DeployedStack, LIST_RESOURCES } from './stack.ts';

/** Each queue keeps what failed, so it should be empty. */
export function queues({ reach, resources }: DeployedStack): Check {
  return {
    name: 'queues',
    needs: `sqs:GetQueueAttributes, ${LIST_RESOURCES}`,
    look: async (notes) => {
      const { SQSClient, GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
      const client = new SQSClient(awsOptions(reach));
      try {
        for (const { physicalId: QueueUrl } of await resources('AWS::SQS::Queue')) {
          const { Attributes } = await client.send(
            new GetQueueAttributesCommand({
              QueueUrl,
              AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
            }),
          );
          const messages =
            Number(Attributes?.ApproximateNumberOfMessages ?? 0) +
            Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
          if (messages === 0) continue;
          notes.found({
            severity: 'advice',
            subject: QueueUrl.split('/').at(-1) ?? QueueUrl,
            what: `${count(messages, 'message')} in it; expected none.`,
            means:
              'A recording or an export failed in all its attempts, or never reached its function; the message says which and why.',
            todo: `Read them: aws sqs receive-message --queue-url ${QueueUrl}. See the gaps for what it cost, mend the cause, and then purge the queue.`,
          });
        }
      } finally {
        client.destroy();
      }
    },
  };
}

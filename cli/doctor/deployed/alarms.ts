import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { awsOptions } from '../../../local/network/aws-options.ts';
import type { Check, Notes } from '../finding.ts';
import { type DeployedStack, LIST_RESOURCES, type Reach } from './stack.ts';

/** Whether each alarm of the stack is there, quiet, and allowed to act. */
export function alarms({ reach, resources }: DeployedStack): Check {
  return {
    name: 'alarms',
    needs: `cloudwatch:DescribeAlarms, ${LIST_RESOURCES}`,
    look: async (notes) => {
      const names = (await resources('AWS::CloudWatch::Alarm')).map(({ physicalId }) => physicalId);
      const found = await describeAlarms(names, reach);
      for (const name of names) {
        lookAtAlarm(
          name,
          found.find(({ AlarmName }) => AlarmName === name),
          notes,
        );
      }
    },
  };
}

function lookAtAlarm(subject: string, alarm: MetricAlarm | undefined, notes: Notes): void {
  if (!alarm) {
    notes.found({
      severity: 'advice',
      subject,
      what: 'the alarm is gone.',
      means: 'Nobody is told of what it watched.',
      todo: 'Deploy the stack again. Find out who deleted it: CloudTrail, DeleteAlarms.',
    });
    return;
  }
  if (alarm.StateValue === 'ALARM') {
    notes.found({
      severity: 'urgent',
      subject,
      what: `it is in alarm${alarm.StateUpdatedTimestamp ? ` since ${alarm.StateUpdatedTimestamp.toISOString()}` : ''}.`,
      means: alarm.AlarmDescription ?? 'What it watches is not as it should be.',
      todo: 'Do what its description and docs/deploying.md (Alarms) say; the other findings may name the cause.',
    });
  }
  if (alarm.ActionsEnabled === false) {
    notes.found({
      severity: 'advice',
      subject,
      what: 'its actions are disabled.',
      means: 'It may fire, and nobody is told.',
      todo: `Enable them: aws cloudwatch enable-alarm-actions --alarm-names ${subject}`,
    });
  }
}

/** So many names a request takes at most (CloudWatch API reference, DescribeAlarms). */
const NAMES_AT_ONCE = 100;

async function describeAlarms(names: readonly string[], reach: Reach): Promise<MetricAlarm[]> {
  const { CloudWatchClient, paginateDescribeAlarms } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(awsOptions(reach));
  try {
    const found: MetricAlarm[] = [];
    for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
      const AlarmNames = names.slice(from, from + NAMES_AT_ONCE);
      for await (const page of paginateDescribeAlarms({ client }, { AlarmNames }))
        found.push(...(page.MetricAlarms ?? []));
    }
    return found;
  } finally {
    client.destroy();
  }
}

/** Whether anybody gets the alarms. */
export function alarmSubscribers({ reach, output }: DeployedStack): Check {
  return {
    name: 'alarm-subscribers',
    needs: 'sns:ListSubscriptionsByTopic',
    look: async (notes) => {
      const { SNSClient, paginateListSubscriptionsByTopic } = await import('@aws-sdk/client-sns');
      const TopicArn = output('AlarmTopicArn');
      const client = new SNSClient(awsOptions(reach));
      try {
        const pages = await Array.fromAsync(paginateListSubscriptionsByTopic({ client }, { TopicArn }));
        const all = pages.flatMap(({ Subscriptions = [] }) => Subscriptions);
        // A subscription that is not confirmed has words in place of an ARN (SNS API reference, Subscription).
        const confirmed = all.filter(({ SubscriptionArn = '' }) => SubscriptionArn.startsWith('arn:'));
        if (confirmed.length > 0) return;
        notes.found({
          severity: 'urgent',
          subject: TopicArn,
          what:
            all.length === 0
              ? 'nobody has subscribed to the alarms.'
              : `nobody has confirmed a subscription to the alarms (${all.length} wait for it).`,
          means: 'Recording may stop without anybody hearing of it, and what is not recorded in time is lost.',
          todo: 'Set "alarmEmail" and confirm the mail that AWS sends, or subscribe: aws sns subscribe --topic-arn ARN --protocol email --notification-endpoint ADDRESS',
        });
      } finally {
        client.destroy();
      }
    },
  };
}

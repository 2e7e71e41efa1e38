import type { ScheduleSummary } from '@aws-sdk/client-scheduler';
import { awsOptions } from '../../../local/network/aws-options.ts';
import type { Check } from '../finding.ts';
import { type DeployedStack, LIST_RESOURCES } from './stack.ts';

/** Whether each schedule of the stack is there, and on. */
export function schedule({ reach, resources }: DeployedStack): Check {
  return {
    name: 'schedule',
    needs: `scheduler:ListSchedules, ${LIST_RESOURCES}`,
    look: async (notes) => {
      const listed = await listSchedules({ reach, resources });
      for (const { physicalId: name, logicalId } of await resources('AWS::Scheduler::Schedule')) {
        const state = listed.find(({ Name }) => Name === name)?.State;
        if (state === 'ENABLED') continue;
        const records = !/DailyExport/.test(logicalId);
        notes.found({
          severity: records ? 'urgent' : 'advice',
          subject: name,
          what: state === undefined ? 'the schedule is gone.' : 'the schedule is off.',
          means: records
            ? 'Nothing is recorded by it, and AWS forgets a connection 60 minutes after its end.'
            : 'Days are not exported. Nothing is lost: the next run exports all that are missing.',
          todo:
            state === undefined
              ? 'Deploy the stack again. Find out who deleted it: CloudTrail, DeleteSchedule.'
              : 'Turn it on in the console of EventBridge Scheduler, or deploy again. Find out who turned it off: CloudTrail, UpdateSchedule.',
        });
      }
    },
  };
}

type Listing = Pick<DeployedStack, 'reach' | 'resources'>;

async function listSchedules({ reach, resources }: Listing): Promise<ScheduleSummary[]> {
  const { SchedulerClient, paginateListSchedules } = await import('@aws-sdk/client-scheduler');
  const client = new SchedulerClient(awsOptions(reach));
  try {
    const found: ScheduleSummary[] = [];
    for (const { physicalId: GroupName } of await resources('AWS::Scheduler::ScheduleGroup')) {
      for await (const { Schedules = [] } of paginateListSchedules({ client }, { GroupName })) found.push(...Schedules);
    }
    return found;
  } finally {
    client.destroy();
  }
}

/** An account and Region that is recorded. */
export interface TargetPlace {
  readonly account: string;
  readonly region: string;
}

/** What {@link configuredTargets} needs. */
export const READ_TARGETS = 'scheduler:ListSchedules, scheduler:GetSchedule';

/** The accounts and Regions of the configured targets, as the schedules' events name them; empty where there are none. */
export async function configuredTargets({ reach, resources }: DeployedStack): Promise<TargetPlace[]> {
  const listed = await listSchedules({ reach, resources });
  const { SchedulerClient, GetScheduleCommand } = await import('@aws-sdk/client-scheduler');
  const client = new SchedulerClient(awsOptions(reach));
  try {
    const places: TargetPlace[] = [];
    for (const { Name, GroupName } of listed) {
      const { Target } = await client.send(new GetScheduleCommand({ Name, GroupName }));
      places.push(...targetsIn(Target?.Input));
    }
    return places;
  } finally {
    client.destroy();
  }
}

/** The event is this project's own: `{ "slot": …, "target": { "account", "region", … } }`. */
function targetsIn(input = '{}'): TargetPlace[] {
  const { target } = JSON.parse(input) as { readonly target?: Partial<TargetPlace> };
  const { account = '', region = '' } = target ?? {};
  return target ? [{ account, region }] : [];
}

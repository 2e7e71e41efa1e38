import { awsOptions } from '../../../local/network/aws-options.ts';
import { showDuration } from '../../../words/amounts.ts';
import type { Check } from '../finding.ts';
import type { Patient } from '../patient.ts';
import { lookAtRecorderClock, SKEW_ALLOWED_SECONDS, SKEW_MEANS } from '../trail/recorder.ts';
import type { DeployedStack } from './stack.ts';

/** This machine's clock against AWS's, by the Date of an answer; and the recorder's, by its newest snapshots. */
export function clocks(patient: Patient, { name, reach }: DeployedStack): Check {
  return {
    name: 'clock',
    needs: 'cloudformation:DescribeStacks',
    look: async (notes) => {
      const ahead = (await secondsAhead(name, reach, patient.now)) ?? 0;
      if (Math.abs(ahead) > SKEW_ALLOWED_SECONDS) {
        notes.found({
          severity: 'advice',
          subject: 'this machine',
          what: `its clock is ${showDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} AWS's.`,
          means: SKEW_MEANS,
          todo: 'Set the clock of this machine (NTP): times like "2h" are counted from it.',
        });
      }
      await lookAtRecorderClock(patient, notes);
    },
  };
}

/** How far this machine's clock is ahead of the Date of an answer; undefined where it has none. */
async function secondsAhead(
  StackName: string,
  reach: DeployedStack['reach'],
  now: () => Date,
): Promise<number | undefined> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(awsOptions(reach));
  let ahead: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const before = now().getTime();
      const result = await next(args);
      const { headers } = Object(result.response) as { readonly headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.date ?? '');
      // The Date was set somewhere between.
      if (!Number.isNaN(date)) ahead = Math.round(((before + now().getTime()) / 2 - date) / 1000);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  try {
    await client.send(new DescribeStacksCommand({ StackName }));
    return ahead;
  } finally {
    client.destroy();
  }
}

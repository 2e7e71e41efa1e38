import { awsOptions } from '../../../local/network/aws-options.ts';
import type { Check } from '../finding.ts';
import type { Patient } from '../patient.ts';
import { LIST_ENDPOINTS, lookAtEndpoints } from '../trail/endpoints.ts';
import { configuredTargets, READ_TARGETS } from './schedule.ts';
import { type DeployedStack, LIST_RESOURCES } from './stack.ts';
import { recorderOf } from './tables.ts';

/** Whether each endpoint of the stack's account and Region is recorded. */
export function endpointsOfStack(patient: Patient, stack: DeployedStack): Check {
  return {
    name: 'endpoints-recorded',
    needs: `${LIST_ENDPOINTS}, lambda:GetFunctionConfiguration, ${LIST_RESOURCES}, ${READ_TARGETS}`,
    look: async (notes) => {
      const { EC2Client } = await import('@aws-sdk/client-ec2');
      const trail = await patient.trail();
      const [account, targets] = [await accountOf(stack), await configuredTargets(stack)];
      const ec2 = new EC2Client(awsOptions(stack.reach));
      try {
        await lookAtEndpoints(trail, { ec2, account, region: stack.reach.region, targets }, notes);
      } finally {
        ec2.destroy();
      }
    },
  };
}

/** The account of the stack, which its functions' ARNs name. */
export async function accountOf(stack: DeployedStack): Promise<string> {
  return (await recorderOf(stack)).arn.split(':')[4] ?? '';
}

import { endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { readDescribeEndpoints } from '../ec2-query-protocol/actions.ts';
import { dryRunSucceeded } from '../ec2-query-protocol/ec2-error.ts';
import type { Structure } from '../ec2-query-protocol/structure.ts';
import { structureOf } from './aws-elements.ts';
import { type Ask, askTrail } from './trail-api.ts';

/**
 * DescribeClientVpnEndpoints from the trail: every endpoint ever recorded, by id, as AWS described it last. One that has been
 * deleted since stays, and its status is the last that AWS told, mostly `available`; one that AWS never described has its id alone.
 * @throws Ec2Error, TrailRefusal, and Error for an API that answers something else.
 */
export async function describeEndpoints(parameters: URLSearchParams, ask: Ask): Promise<Structure> {
  const { dryRun, answer } = readDescribeEndpoints(parameters);
  const { endpoints } = await askTrail(ask, '/endpoints', endpointsAnswer);
  if (dryRun) throw dryRunSucceeded();
  const rows = endpoints
    .toSorted((a, b) => (a.endpointId < b.endpointId ? -1 : 1))
    .map(({ endpointId, description }) => ({ clientVpnEndpointId: endpointId, ...structureOf(description) }));
  return answer(rows);
}

import { readDescribeConnections, readDescribeEndpoints } from '../../gateway/ec2-query-protocol/actions.ts';
import {
  dryRunSucceeded,
  endpointNotFound,
  missingParameter,
  unknownAction,
} from '../../gateway/ec2-query-protocol/ec2-error.ts';
import { passes } from '../../gateway/ec2-query-protocol/filters.ts';
import { pageAnswer, pageOf } from '../../gateway/ec2-query-protocol/paging.ts';
import { type Structure, textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import type { World } from './world.ts';

/** Which element of a connection each filter looks at (EC2 API reference, DescribeClientVpnConnections). */
const CONNECTION_FILTERS = { 'connection-id': 'connectionId', username: 'username' };

function describeConnections(parameters: URLSearchParams, world: World, at: Date): Structure {
  const { endpointId, filters, dryRun } = readDescribeConnections(parameters, Object.keys(CONNECTION_FILTERS));
  if (dryRun) throw dryRunSucceeded();
  if (!world.endpoints(at).some((endpoint) => textOf(endpoint, 'clientVpnEndpointId') === endpointId)) {
    throw endpointNotFound(endpointId);
  }
  const rows = world.connections(endpointId, at).filter((row) => passes(row, filters, CONNECTION_FILTERS));
  return pageAnswer('connections', pageOf(rows, 'connectionId', parameters));
}

function describeEndpoints(parameters: URLSearchParams, world: World, at: Date): Structure {
  const { dryRun, answer } = readDescribeEndpoints(parameters);
  if (dryRun) throw dryRunSucceeded();
  return answer(world.endpoints(at));
}

/**
 * What one action answers, without the request id.
 * @param at - the simulated instant; rows are as they are then.
 * @throws Ec2Error for everything that EC2 answers with an error.
 */
export function performAction(action: string, parameters: URLSearchParams, world: World, at: Date): Structure {
  switch (action) {
    case 'DescribeClientVpnConnections':
      return describeConnections(parameters, world, at);
    case 'DescribeClientVpnEndpoints':
      return describeEndpoints(parameters, world, at);
    case '':
      throw missingParameter('Action');
    default:
      throw unknownAction(action);
  }
}

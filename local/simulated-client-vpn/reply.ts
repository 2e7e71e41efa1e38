import { actionOf, readDescribeConnections, readDescribeEndpoints } from '../../gateway/ec2-query-protocol/actions.ts';
import {
  authFailure,
  dryRunSucceeded,
  Ec2Error,
  endpointNotFound,
} from '../../gateway/ec2-query-protocol/ec2-error.ts';
import { passes } from '../../gateway/ec2-query-protocol/filters.ts';
import { pageAnswer, pageOf } from '../../gateway/ec2-query-protocol/paging.ts';
import { answerReply, errorReply, type Reply } from '../../gateway/ec2-query-protocol/reply.ts';
import { type Structure, textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import type { World } from './world.ts';

/** The relevant parts of a request. */
interface Request {
  /** The Action parameter, `''` without one. */
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** Whether there is a signature, by a key that somebody has. It is not verified: the simulation knows no secret keys. */
  readonly signed: boolean;
  readonly requestId: string;
}

/** Which element of a connection each filter looks at (EC2 API reference, DescribeClientVpnConnections). */
const CONNECTION_FILTERS = { 'connection-id': 'connectionId', username: 'username' };

function listConnections(parameters: URLSearchParams, world: World, at: Date): Structure {
  const { endpointId, filters, dryRun } = readDescribeConnections(parameters, Object.keys(CONNECTION_FILTERS));
  if (dryRun) throw dryRunSucceeded();
  if (!world.endpoints(at).some((endpoint) => textOf(endpoint, 'clientVpnEndpointId') === endpointId)) {
    throw endpointNotFound(endpointId);
  }
  const rows = world.connections(endpointId, at).filter((row) => passes(row, filters, CONNECTION_FILTERS));
  return pageAnswer('connections', pageOf(rows, 'connectionId', parameters));
}

function listEndpoints(parameters: URLSearchParams, world: World, at: Date): Structure {
  const { dryRun, answer } = readDescribeEndpoints(parameters);
  if (dryRun) throw dryRunSucceeded();
  return answer(world.endpoints(at));
}

const ACTIONS = {
  DescribeClientVpnConnections: listConnections,
  DescribeClientVpnEndpoints: listEndpoints,
};

/**
 * Answers a request as EC2 would; never throws.
 * @param at - the simulated instant; rows are as they are then.
 */
export function replyTo(request: Request, world: World, at: Date): Reply {
  const { action, parameters, requestId } = request;
  try {
    if (!request.signed) throw authFailure();
    return answerReply(action, actionOf(parameters, ACTIONS)(parameters, world, at), requestId);
  } catch (error) {
    const internal = () => new Ec2Error('InternalError', `An internal error has occurred: ${String(error)}`, 500);
    return errorReply(error instanceof Ec2Error ? error : internal(), requestId);
  }
}

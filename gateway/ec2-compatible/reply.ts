import { type Ask, askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { actionOf, readDescribeEndpoints } from '../ec2-query-protocol/actions.ts';
import { dryRunSucceeded } from '../ec2-query-protocol/ec2-error.ts';
import { answerReply, errorReply, type Reply } from '../ec2-query-protocol/reply.ts';
import type { Structure } from '../ec2-query-protocol/structure.ts';
import { structureOf } from './aws-elements.ts';
import { describeConnections } from './describe-connections.ts';
import { OWNER_FILTERS, ownerFilter } from './owner-filters.ts';
import { toEc2Error } from './trail-error.ts';

/** What a request of the EC2 Query protocol is answered from. */
export interface Ec2TrailPorts {
  readonly ask: Ask;
  /** The time that relative times count from. */
  readonly now: () => Date;
  /** Told of what the caller is not told: the inside of a failure. */
  readonly onError: (error: unknown) => void;
}

/**
 * Answers a request of the EC2 Query protocol (version 2016-11-15) from the trail, so that AWS's own command and SDKs
 * read all of the history; never throws. No signature is asked for: whoever may reach this address may ask (ADR 15).
 */
export async function replyFromTrail(
  parameters: URLSearchParams,
  requestId: string,
  ports: Ec2TrailPorts,
): Promise<Reply> {
  const action = parameters.get('Action') ?? '';
  try {
    return answerReply(action, await actionOf(parameters, ACTIONS)(parameters, ports), requestId);
  } catch (error) {
    const endpointId = parameters.get('ClientVpnEndpointId') ?? '';
    const answered = toEc2Error(error, { endpointId, token: parameters.get('NextToken') ?? '' });
    if (answered.status >= 500) ports.onError(error);
    return errorReply(answered, requestId);
  }
}

const ACTIONS: Readonly<Record<string, (parameters: URLSearchParams, ports: Ec2TrailPorts) => Promise<Structure>>> = {
  DescribeClientVpnConnections: (parameters, { ask, now }) => describeConnections(parameters, ask, now()),
  DescribeClientVpnEndpoints: (parameters, { ask }) => describeEndpoints(parameters, ask),
};

/**
 * DescribeClientVpnEndpoints from the trail: every endpoint ever recorded, by id, as AWS described it last. One that has been
 * deleted since stays, and its status is the last that AWS told, mostly `available`; one that AWS never described has its id alone.
 * @throws Ec2Error, TrailRefusal, and Error for an API that answers something else.
 */
async function describeEndpoints(parameters: URLSearchParams, ask: Ask): Promise<Structure> {
  const { dryRun, filters, answer } = readDescribeEndpoints(parameters, OWNER_FILTERS);
  const passes = ownerFilter(filters);
  const { endpoints } = await askTrail(ask, '/endpoints', endpointsAnswer);
  if (dryRun) throw dryRunSucceeded();
  const rows = endpoints
    .toSorted((a, b) => (a.endpointId < b.endpointId ? -1 : 1))
    .map(({ endpointId, description }) => ({ clientVpnEndpointId: endpointId, ...structureOf(description) }));
  if (!passes) return answer(rows);
  const passing = new Set(endpoints.filter(passes).map(({ endpointId }) => endpointId));
  return answer(rows, (endpointId) => passing.has(endpointId));
}

import { dryRunSucceeded, Ec2Error, endpointNotFound, invalidValue, missingParameter } from './ec2-error.ts';
import { numbered, passes, readFilters } from './filters.ts';
import { type Page, pageOf, readMaxResults } from './paging.ts';
import { type Structure, textOf, type World } from './world.ts';

/** Which element of a connection each filter looks at (EC2 API reference, DescribeClientVpnConnections). */
const CONNECTION_FILTERS = { 'connection-id': 'connectionId', username: 'username' };

/** Which element of an endpoint each filter looks at (EC2 API reference, DescribeClientVpnEndpoints). */
const ENDPOINT_FILTERS = { 'endpoint-id': 'clientVpnEndpointId', 'transport-protocol': 'transportProtocol' };

function answersDryRun(parameters: URLSearchParams): void {
  const text = parameters.get('DryRun') ?? 'false';
  if (text === 'true') throw dryRunSucceeded();
  if (text !== 'false') throw invalidValue('DryRun', text, 'Expecting true or false.');
}

function answerOf(list: string, { rows, nextToken }: Page): Structure {
  return nextToken === undefined ? { [list]: rows } : { [list]: rows, nextToken };
}

function describeConnections(parameters: URLSearchParams, world: World, at: Date): Structure {
  const endpointId = parameters.get('ClientVpnEndpointId');
  if (endpointId === null || endpointId === '') throw missingParameter('ClientVpnEndpointId');
  const filters = readFilters(parameters, Object.keys(CONNECTION_FILTERS));
  readMaxResults(parameters);
  answersDryRun(parameters);
  if (!world.endpoints(at).some((endpoint) => textOf(endpoint, 'clientVpnEndpointId') === endpointId)) {
    throw endpointNotFound(endpointId);
  }
  const rows = world.connections(endpointId, at).filter((row) => passes(row, filters, CONNECTION_FILTERS));
  return answerOf('connections', pageOf(rows, 'connectionId', parameters));
}

function describeEndpoints(parameters: URLSearchParams, world: World, at: Date): Structure {
  const wanted = numbered(parameters, 'ClientVpnEndpointId.');
  const filters = readFilters(parameters, Object.keys(ENDPOINT_FILTERS));
  readMaxResults(parameters);
  answersDryRun(parameters);
  const all = world.endpoints(at);
  const unknown = wanted.find((id) => !all.some((endpoint) => textOf(endpoint, 'clientVpnEndpointId') === id));
  if (unknown !== undefined) throw endpointNotFound(unknown);
  const rows = all.filter(
    (endpoint) =>
      (wanted.length === 0 || wanted.includes(textOf(endpoint, 'clientVpnEndpointId'))) &&
      passes(endpoint, filters, ENDPOINT_FILTERS),
  );
  return answerOf('clientVpnEndpoint', pageOf(rows, 'clientVpnEndpointId', parameters));
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
      throw new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`);
  }
}

import { endpointNotFound, invalidValue, missingParameter, unknownAction } from './ec2-error.ts';
import { numbered, passes, readFilters } from './filters.ts';
import { pageAnswer, pageOf, readMaxResults } from './paging.ts';
import { type Structure, textOf } from './structure.ts';

/**
 * The one of the actions that the request names.
 * @throws Ec2Error MissingParameter, InvalidAction
 */
export function actionOf<Action>(parameters: URLSearchParams, actions: Readonly<Record<string, Action>>): Action {
  const name = parameters.get('Action') ?? '';
  if (name === '') throw missingParameter('Action');
  const action = new Map(Object.entries(actions)).get(name);
  if (action === undefined) throw unknownAction(name);
  return action;
}

/**
 * Reads the parameters of DescribeClientVpnConnections, except the token.
 * @param filterNames - the filters there are.
 * @throws Ec2Error MissingParameter, InvalidParameterValue
 */
export function readDescribeConnections(parameters: URLSearchParams, filterNames: readonly string[]) {
  const endpointId = parameters.get('ClientVpnEndpointId');
  if (endpointId === null || endpointId === '') throw missingParameter('ClientVpnEndpointId');
  const filters = readFilters(parameters, filterNames);
  return { endpointId, filters, maxResults: readMaxResults(parameters), dryRun: isDryRun(parameters) };
}

/**
 * Whether the request only asks if it would succeed (EC2 API reference, "Common query parameters").
 * @throws Ec2Error InvalidParameterValue for what is neither true nor false.
 */
function isDryRun(parameters: URLSearchParams): boolean {
  const text = parameters.get('DryRun') ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidValue('DryRun', text, 'Expecting true or false.');
}

/** Which element of an endpoint each filter looks at (EC2 API reference, DescribeClientVpnEndpoints). */
const ENDPOINT_FILTERS = { 'endpoint-id': 'clientVpnEndpointId', 'transport-protocol': 'transportProtocol' };

/**
 * Reads the parameters of DescribeClientVpnEndpoints.
 * @param more - filters that AWS does not have; who answers applies them.
 * @throws Ec2Error InvalidParameterValue
 */
export function readDescribeEndpoints(parameters: URLSearchParams, more: readonly string[] = []) {
  const wanted = numbered(parameters, 'ClientVpnEndpointId.');
  const filters = readFilters(parameters, [...Object.keys(ENDPOINT_FILTERS), ...more]);
  const own = filters.filter(({ name }) => name in ENDPOINT_FILTERS);
  readMaxResults(parameters);
  const isWanted = (id: string) => wanted.length === 0 || wanted.includes(id);
  return {
    dryRun: isDryRun(parameters),
    filters,
    /**
     * The answer, given all existing endpoints, and which of them pass the other filters.
     * @throws Ec2Error InvalidClientVpnEndpointId.NotFound for an id that is not among them, and what {@link pageOf} throws.
     */
    answer: (endpoints: readonly Structure[], passesMore: (id: string) => boolean = () => true): Structure => {
      const ids = new Set(endpoints.map(idOf));
      const unknown = wanted.find((id) => !ids.has(id));
      if (unknown !== undefined) throw endpointNotFound(unknown);
      const rows = endpoints.filter(
        (endpoint) => isWanted(idOf(endpoint)) && passesMore(idOf(endpoint)) && passes(endpoint, own, ENDPOINT_FILTERS),
      );
      return pageAnswer('clientVpnEndpoint', pageOf(rows, 'clientVpnEndpointId', parameters));
    },
  };
}

const idOf = (endpoint: Structure) => textOf(endpoint, 'clientVpnEndpointId');

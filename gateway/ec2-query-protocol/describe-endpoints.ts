import { isDryRun } from './dry-run.ts';
import { endpointNotFound } from './ec2-error.ts';
import { numbered, passes, readFilters } from './filters.ts';
import { pageAnswer, pageOf, readMaxResults } from './paging.ts';
import { type Structure, textOf } from './structure.ts';

/** Which element of an endpoint each filter looks at (EC2 API reference, DescribeClientVpnEndpoints). */
const FILTERS = { 'endpoint-id': 'clientVpnEndpointId', 'transport-protocol': 'transportProtocol' };

/** A DescribeClientVpnEndpoints that has been read and found in order. */
export interface DescribeEndpoints {
  readonly dryRun: boolean;
  /**
   * What is answered, given all endpoints there are.
   * @throws Ec2Error InvalidClientVpnEndpointId.NotFound for an id that is not among them, and what
   *   {@link pageOf} throws.
   */
  readonly answer: (endpoints: readonly Structure[]) => Structure;
}

/**
 * Reads the parameters of DescribeClientVpnEndpoints.
 * @throws Ec2Error InvalidParameterValue
 */
export function readDescribeEndpoints(parameters: URLSearchParams): DescribeEndpoints {
  const wanted = numbered(parameters, 'ClientVpnEndpointId.');
  const filters = readFilters(parameters, Object.keys(FILTERS));
  readMaxResults(parameters);
  const isWanted = (id: string) => wanted.length === 0 || wanted.includes(id);
  return {
    dryRun: isDryRun(parameters),
    answer: (endpoints) => {
      const ids = new Set(endpoints.map(idOf));
      const unknown = wanted.find((id) => !ids.has(id));
      if (unknown !== undefined) throw endpointNotFound(unknown);
      const rows = endpoints.filter((endpoint) => isWanted(idOf(endpoint)) && passes(endpoint, filters, FILTERS));
      return pageAnswer('clientVpnEndpoint', pageOf(rows, 'clientVpnEndpointId', parameters));
    },
  };
}

const idOf = (endpoint: Structure) => textOf(endpoint, 'clientVpnEndpointId');

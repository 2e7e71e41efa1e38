import { isDryRun } from './dry-run.ts';
import { missingParameter } from './ec2-error.ts';
import { type Filter, readFilters } from './filters.ts';
import { readMaxResults } from './paging.ts';

/** A DescribeClientVpnConnections that has been read and found in order. */
export interface DescribeConnections {
  readonly endpointId: string;
  readonly filters: readonly Filter[];
  /** The most rows of a page. */
  readonly maxResults: number;
  readonly dryRun: boolean;
}

/**
 * Reads the parameters of DescribeClientVpnConnections, but for the token.
 * @param filterNames - the filters there are.
 * @throws Ec2Error MissingParameter, InvalidParameterValue
 */
export function readDescribeConnections(
  parameters: URLSearchParams,
  filterNames: readonly string[],
): DescribeConnections {
  const endpointId = parameters.get('ClientVpnEndpointId');
  if (endpointId === null || endpointId === '') throw missingParameter('ClientVpnEndpointId');
  const filters = readFilters(parameters, filterNames);
  return { endpointId, filters, maxResults: readMaxResults(parameters), dryRun: isDryRun(parameters) };
}

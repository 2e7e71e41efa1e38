import type { EndpointState } from '../../../lambda/query/endpoint-state.ts';
import type { Filters } from '../../../lambda/query/search/matching.ts';
import type { Instant } from '../../../lambda/trail/time.ts';

/** A question that filters nothing. */
export const NO_FILTERS: Filters = {
  user: [],
  username: [],
  commonName: [],
  ip: [],
  endpoint: [],
  status: [],
  connectionId: [],
};

/** An endpoint that is recorded: since when, through when it is projected, and its newest snapshot. */
export function stateOf(
  endpointId: string,
  { first, projected, newest }: { readonly first: Instant; readonly projected: Instant; readonly newest: Instant },
  clientCidrBlock?: string,
): EndpointState {
  return {
    endpointId,
    head: {
      endpointId,
      accountId: '123456789012',
      region: 'eu-central-1',
      entry: 1,
      slot: newest,
      s: newest,
      f: newest,
      firstSeenAt: first,
      state: 'open',
      range: { size: 1, hashes: [] },
    },
    watermark: { endpointId, entry: 1, slot: projected, f: projected, unlisted: [] },
    ...(clientCidrBlock === undefined ? {} : { description: { clientCidrBlock } }),
  };
}

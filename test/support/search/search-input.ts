import type { EndpointState } from '../../../lambda/query/endpoint-state.ts';
import type { Filters } from '../../../lambda/query/search/matching.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import type { Watermark } from '../../../lambda/trail/head.ts';
import { present } from '../../../lambda/trail/present.ts';
import type { Instant } from '../../../lambda/trail/time.ts';
import type { Recorded } from '../recording/projected-trail.ts';
import { ALPHA } from '../recording/recorded-trail.ts';

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

/** An endpoint that is recorded; none of its connections is odd, unless it says so. */
export function stateOf(
  endpointId: string,
  recorded: Omit<Recorded, 'endpointId'> & {
    noneOdd?: true | undefined;
    networks?: readonly string[];
    unlisted?: Watermark['unlisted'];
  },
): EndpointState {
  const { first, projected, newest, noneOdd, networks, unlisted } = {
    noneOdd: true as const,
    unlisted: [],
    ...recorded,
  };
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
    watermark: {
      endpointId,
      entry: 1,
      slot: projected,
      s: projected,
      f: projected,
      unlisted,
      ...present({ noneOdd, networks }),
    },
  };
}

/** A connection of which little is known, as the projection holds it. */
export function connectionFrom(
  establishedAt: Instant,
  connectionId: string,
  more: Partial<Connection> = {},
): Connection {
  return {
    connectionId,
    endpointId: ALPHA,
    accountId: '123456789012',
    region: 'eu-central-1',
    establishedAt,
    firstSeenAt: establishedAt,
    firstSlot: establishedAt,
    lastEntry: 0,
    ...more,
  };
}

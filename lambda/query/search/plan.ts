import { addressKey, ODD, OPEN_END, spanKey } from '../../dynamodb/connection-item.ts';
import type { IndexStretch } from '../../dynamodb/trail-reads.ts';
import { canonicalAddress } from '../../trail/address.ts';
import { nameKey } from '../../trail/name-key.ts';
import { mayHaveHad } from '../../trail/networks.ts';
import { addSeconds, DAY_SECONDS, type Instant } from '../../trail/time.ts';
import type { EndpointState } from '../endpoint-state.ts';
import { endpointStream } from './endpoint-stream.ts';
import type { Filters, MatchWindow } from './matching.ts';
import { AFTER, isOver, lesser, projectedThrough, type Stream } from './stream.ts';

/** Where the rows of an answer can be. */
export type Plan =
  | { readonly by: 'connection-id'; readonly ids: readonly string[] }
  | {
      readonly by: 'index';
      readonly streams: readonly Stream[];
      /**
       * The few connections that no other index finds: by their time, or by both addresses (ADR 25), or by an address that the next
       * holder has. Read unless no endpoint of the query has any.
       */
      readonly odd: readonly Stream[];
    };

const OPEN_STATUSES = new Set(['active', 'terminating', 'failed-to-terminate']);

/**
 * Plans the reads of a query: the one index that answers it. `matching.ts` applies the other filters.
 *
 * @param states the endpoints of the query
 * @param before the sort key where the page before ended
 */
export function planReads(
  filters: Filters,
  window: MatchWindow,
  states: readonly EndpointState[],
  before: string | undefined,
): Plan {
  if (filters.connectionId.length > 0) return { by: 'connection-id', ids: [...new Set(filters.connectionId)] };
  const to = lesser(before, window.until === undefined ? undefined : `${window.until}#${AFTER}`);
  const stretches = [{ index: 'bySpan', partition: ODD, from: window.since }] as const;
  const mayBeOdd = states.some(({ head, watermark }) => head && watermark?.noneOdd !== true);
  const odd = mayBeOdd ? [wholeOf(stretches)] : [];
  const unlisted = unlistedStretches(filters.ip, states);
  const streams = streamsOf(filters, window, states, to);
  return { by: 'index', streams, odd: [...odd, ...(unlisted.length > 0 ? [wholeOf(unlisted)] : [])] };
}

const wholeOf = (stretches: readonly IndexStretch[]): Stream => ({
  stretches: [],
  earlier: { established: AFTER, stretches },
});

/**
 * The open long connections, with those that AWS no longer lists and whose end nothing proves: the walk down the holders of an address
 * ends at the next one, which does not bound them (ADR 14). There are such only for an hour or two after an outage, or an odd answer.
 */
function unlistedStretches(ips: readonly string[], states: readonly EndpointState[]): IndexStretch[] {
  const mayHold = ({ watermark }: EndpointState) =>
    watermark !== undefined &&
    watermark.unlisted.length > 0 &&
    ips.some((ip) => mayHaveHad(watermark.networks, canonicalAddress(ip)));
  return states
    .filter(mayHold)
    .map(({ endpointId }) => ({ index: 'bySpan', partition: spanKey(endpointId, 'long'), from: OPEN_END }));
}

function streamsOf(
  filters: Filters,
  window: MatchWindow,
  states: readonly EndpointState[],
  to: string | undefined,
): Stream[] {
  if (filters.ip.length > 0) return addressStreams(filters.ip, window, states, to);
  const people = peopleOf(filters);
  if (people) return personStreams(people, window, states, to);
  const onlyOpen = filters.status.length > 0 && filters.status.every((status) => OPEN_STATUSES.has(status));
  return states.map((state) => endpointStream(state, window, to, onlyOpen));
}

/** The endpoints whose connections never had such an address are answered by that alone: their indexes are not read (ADR 30). */
function addressStreams(
  ips: readonly string[],
  { since }: MatchWindow,
  states: readonly EndpointState[],
  to: string | undefined,
): Stream[] {
  const addresses = [...new Set(ips.map(canonicalAddress))];
  return addresses.flatMap((address) =>
    states
      .filter(({ watermark }) => mayHaveHad(watermark?.networks, address))
      .map(({ endpointId }) => {
        const index = address.includes(':') ? 'byClientIpv6' : 'byClientIp';
        return {
          stretches: [{ index, partition: addressKey(endpointId, address), to }],
          isAddress: true as const,
          ...(since === undefined ? {} : { untilHolderBefore: since }),
        };
      }),
  );
}

interface WantedName {
  readonly index: 'byCommonName' | 'byUsername';
  readonly key: string;
}

/** The person asked for, by filter; undefined if there is none. A username equal to the common name is indexed under that. */
function peopleOf({ user, username, commonName }: Filters): WantedName[] | undefined {
  const inIndex = (index: WantedName['index'], names: readonly string[]) =>
    [...new Set(names.map(nameKey))].map((key) => ({ index, key }));
  if (commonName.length > 0) return inIndex('byCommonName', commonName);
  const names = username.length > 0 ? username : user;
  return names.length > 0 ? [...inIndex('byCommonName', names), ...inIndex('byUsername', names)] : undefined;
}

function personStreams(
  people: readonly WantedName[],
  window: MatchWindow,
  states: readonly EndpointState[],
  to: string | undefined,
): Stream[] {
  const { since, match } = window;
  const floor = since === undefined ? undefined : personFloor(since, match, states);
  return people.map(({ index, key }) => ({
    stretches: [{ index, partition: key, from: floor, to }],
    ...(floor === undefined || since === undefined || match === 'started'
      ? {}
      : {
          earlier: {
            established: floor,
            stretches: [
              { index: index === 'byUsername' ? 'longByUsername' : 'longByCommonName', partition: key, from: since },
            ],
          },
        }),
  }));
}

/** Those connected at `since` and established before this instant are in the index of the long ones. */
function personFloor(since: Instant, match: MatchWindow['match'], states: readonly EndpointState[]): Instant {
  if (match === 'started') return since;
  const seen = match === 'ended' ? [] : states.filter((state) => !isOver(state)).map(projectedThrough);
  return addSeconds([since, ...seen].sort()[0] ?? since, -DAY_SECONDS);
}

import type { Period } from '../../local/simulated-client-vpn/company/connection.ts';

/** The first hosts of a client CIDR are AWS's own. */
const FIRST_HOST = 2;
/** Seconds before an address is given to somebody else. */
const REST = 60;

/** A place in an endpoint's network, and from when on it is free. */
interface FreeHost {
  readonly host: number;
  readonly freeFrom: number;
}

/**
 * Gives each connection a place in its endpoint's network: the one that has been free for longest, so that all are used
 * again and again, by one holder at a time.
 *
 * @param periods in the order of their start
 */
export function assignHosts(periods: readonly Period[]): (Period & { host: number })[] {
  const byEndpoint = new Map<string, FreeHost[]>();
  return periods.map((period) => {
    const { person, start, end } = period;
    const places = byEndpoint.get(person.endpoint) ?? [];
    byEndpoint.set(person.endpoint, places);
    const first = places[0];
    const host = first && first.freeFrom <= start ? first.host : FIRST_HOST + places.length;
    if (host === first?.host) places.shift();
    insert(places, { host, freeFrom: end + REST });
    return { ...period, host };
  });
}

/** Keeps the places sorted by when they are free. */
function insert(places: FreeHost[], place: FreeHost): void {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.freeFrom ?? 0) <= place.freeFrom) low = middle + 1;
    else high = middle;
  }
  places.splice(low, 0, place);
}

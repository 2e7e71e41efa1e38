import { type Structure, textOf } from '../../../gateway/ec2-query-protocol/structure.ts';
import { parseUtc } from '../../../local/simulated-client-vpn/utc-text.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';

const HOUR = 3_600_000;

/** One connection as seen over a while: its rows in the order of the simulated instants. */
export interface Sighted {
  readonly endpointId: string;
  readonly rows: readonly Structure[];
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970; Infinity if it was active when last seen. */
  readonly end: number;
}

/** An instant with its listed rows, all endpoints together. */
export function listedAt(world: World, at: Date): Structure[] {
  return world.endpoints(at).flatMap((endpoint) => world.connections(textOf(endpoint, 'clientVpnEndpointId'), at));
}

export function isActive(row: Structure): boolean {
  return textOf(row, 'connectionEndTime') === '-';
}

function sighted(rows: readonly Structure[]): Sighted {
  const last = rows.at(-1) ?? {};
  return {
    endpointId: textOf(last, 'clientVpnEndpointId'),
    rows,
    start: parseUtc(textOf(last, 'connectionEstablishedTime')),
    end: isActive(last) ? Number.POSITIVE_INFINITY : parseUtc(textOf(last, 'connectionEndTime')),
  };
}

/** Looks every so often, as the recorder does; less than an hour apart, nothing escapes it. */
export function watch(world: World, from: Date, hours: number, everyMinutes: number): Sighted[] {
  const rows: Structure[] = [];
  for (let passed = 0; passed <= hours * HOUR; passed += everyMinutes * 60_000) {
    rows.push(...listedAt(world, new Date(from.getTime() + passed)));
  }
  return [...Map.groupBy(rows, (row) => textOf(row, 'connectionId')).values()].map(sighted);
}

/** The pairs of neighbours in time that overlap, among those with the same key. */
export function overlaps(connections: readonly Sighted[], key: (connection: Sighted) => string): string[] {
  const found: string[] = [];
  for (const [name, group] of Map.groupBy(connections, key)) {
    const sorted = group.toSorted((a, b) => a.start - b.start);
    for (const [index, { end }] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next !== undefined && next.start < end) found.push(name);
    }
  }
  return found;
}

import type { StoredRow } from '../../lambda/trail/snapshot.ts';
import { toInstant } from '../../lambda/trail/time.ts';

/** A log that is made for a benchmark. */
export interface LoadPlan {
  readonly snapshots: number;
  /** Connections at a time. */
  readonly open: number;
  /** How long each lasts. */
  readonly lastsMinutes: number;
}

export const ENDPOINT = 'cvpn-endpoint-0bbbbbbbbbbbbbbbb';
export const FIRST = Date.parse('2026-10-01T00:00:00Z');
const MINUTE = 60_000;
/** Minutes between two snapshots, and how long AWS lists a connection that ended. */
export const EVERY = 5;
const LISTED_AFTER_END = 60;

/** Connections in all. */
export function connectionsOf({ snapshots, open, lastsMinutes }: LoadPlan): number {
  return Math.floor(((snapshots - 1) * EVERY + lastsMinutes) / (lastsMinutes / open)) + 1;
}

/**
 * What AWS lists in a snapshot: one connection ends as another begins, all through the time, and every counter of a live one has
 * moved since the snapshot before.
 */
export function rowsAt(plan: LoadPlan, snapshot: number): StoredRow[] {
  const step = plan.lastsMinutes / plan.open;
  const now = snapshot * EVERY;
  const first = Math.max(0, Math.ceil((now - LISTED_AFTER_END) / step));
  const last = Math.floor((now + plan.lastsMinutes) / step);
  const rows: StoredRow[] = [];
  for (let number = first; number <= last; number++) {
    const start = Math.floor(number * step - plan.lastsMinutes);
    rows.push(rowOf(number, start, start + plan.lastsMinutes, now));
  }
  return rows;
}

function rowOf(number: number, start: number, end: number, now: number): StoredRow {
  const id = `cvpn-connection-0${number.toString(16).padStart(16, '0')}`;
  const hasEnded = end <= now;
  const minutes = Math.min(now, end) - start;
  const bytes = minutes * (40_000 + (number % 97) * 1_013);
  const row = {
    clientVpnEndpointId: ENDPOINT,
    timestamp: awsTime(hasEnded ? end : now),
    connectionId: id,
    connectionEstablishedTime: awsTime(start),
    ingressBytes: String(bytes),
    egressBytes: String(bytes * 9 + number),
    ingressPackets: String(Math.floor(bytes / 700)),
    egressPackets: String(Math.floor(bytes / 90)),
    clientIp: `10.${100 + (number % 4)}.${(number >> 8) % 250}.${number % 250}`,
    commonName: `person-${number % 1400}.vpn.example.com`,
    status: { code: hasEnded ? 'terminated' : 'active' },
    connectionEndTime: hasEnded ? awsTime(end) : '-',
  };
  return { id, line: JSON.stringify(row) };
}

const awsTime = (minutes: number): string =>
  toInstant(FIRST + minutes * MINUTE)
    .replace('T', ' ')
    .slice(0, 19);

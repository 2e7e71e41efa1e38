import type { StoredRow } from '../../lambda/trail/snapshot.ts';
import { awsRow, ENDPOINT } from '../rows.ts';

/** A log that is made for a benchmark. */
export interface LoadPlan {
  readonly snapshots: number;
  /** Connections at a time. */
  readonly open: number;
  readonly lastsMinutes: number;
}

/** When the log begins, milliseconds since 1970. */
export const BEGIN = Date.parse('2026-10-01T00:00:00Z');
/** Minutes between two snapshots, and how long AWS lists a connection that ended. */
export const EVERY_MINUTES = 5;
const LISTED_AFTER_END = 60;

/** Connections in all. */
export function connectionsOf({ snapshots, open, lastsMinutes }: LoadPlan): number {
  return Math.floor(((snapshots - 1) * EVERY_MINUTES + lastsMinutes) / (lastsMinutes / open)) + 1;
}

/**
 * What AWS lists in a snapshot: one connection ends as another begins, all through the time, and every counter of a live one has
 * moved since the snapshot before.
 */
export function rowsOf(plan: LoadPlan, snapshot: number): StoredRow[] {
  const step = plan.lastsMinutes / plan.open;
  const now = snapshot * EVERY_MINUTES;
  const first = Math.max(0, Math.ceil((now - LISTED_AFTER_END) / step));
  const last = Math.floor((now + plan.lastsMinutes) / step);
  const rows: StoredRow[] = [];
  for (let number = first; number <= last; number++) {
    const start = Math.floor(number * step - plan.lastsMinutes);
    rows.push(rowOf(number, start, start + plan.lastsMinutes, now));
  }
  return rows;
}

/** Times are minutes since the beginning. */
function rowOf(number: number, start: number, end: number, now: number): StoredRow {
  const seconds = (minutes: number) => BEGIN / 1000 + minutes * 60;
  const id = `cvpn-connection-0${number.toString(16).padStart(16, '0')}`;
  const connection = {
    connectionId: id,
    established: seconds(start),
    ended: seconds(end),
    bytes: (Math.min(now, end) - start) * (40_000 + (number % 97) * 1_013),
    host: number,
    commonName: `person-${number % 1400}.vpn.example.com`,
  };
  return { id, line: JSON.stringify(awsRow(ENDPOINT, connection, seconds(now))) };
}

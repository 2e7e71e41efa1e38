import { createHash } from 'node:crypto';
import type { Elements } from '../lambda/trail/element.ts';

/** The endpoint that the benchmarks record. */
export const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

/** The time of the first of two snapshots; the second is five minutes later. */
export const FIRST = new Date('2026-11-20T10:00:00Z');

/** One in so many connections is opened, and one ended, between two snapshots. */
const ONE_IN = 100;

/** A row of a connection that has an id. */
export type BenchRow = Elements & { readonly connectionId: string };

/**
 * What AWS lists in a steady five minutes: `count` connections in the first snapshot; in the second all counters have
 * moved, one in a hundred has ended, and as many again have been opened.
 */
export function steadyRows(count: number, snapshot: 0 | 1): BenchRow[] {
  const opened = snapshot === 0 ? 0 : Math.ceil(count / ONE_IN);
  const rows = Array.from({ length: count + opened }, (_, index) => row(index, snapshot, count));
  return rows.sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
}

function row(index: number, snapshot: 0 | 1, count: number): BenchRow {
  const digest = createHash('sha256').update(String(index)).digest();
  const seconds = FIRST.getTime() / 1000 + snapshot * 300;
  const established =
    index >= count
      ? seconds - (digest.readUInt8(0) % 200)
      : FIRST.getTime() / 1000 - 60 - (digest.readUInt16BE(0) % 28_000);
  const ended = snapshot === 1 && index < count && index % ONE_IN === 0;
  const age = seconds - established;
  const bytes = age * (500 + (digest.readUInt32BE(4) % 90_000));
  const at = awsTime(ended ? seconds - 90 : seconds);
  return {
    clientVpnEndpointId: ENDPOINT,
    timestamp: at,
    connectionId: `cvpn-connection-0${digest.toString('hex', 0, 8)}`,
    connectionEstablishedTime: awsTime(established),
    ingressBytes: String(bytes),
    egressBytes: String(bytes * 7 + digest.readUInt16BE(8)),
    ingressPackets: String(Math.ceil(bytes / 300)),
    egressPackets: String(Math.ceil(bytes / 180)),
    clientIp: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    commonName: `employee${digest.readUInt32BE(12)}.vpn.example.com`,
    status: { code: ended ? 'terminated' : 'active' },
    connectionEndTime: ended ? at : '-',
  };
}

function awsTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

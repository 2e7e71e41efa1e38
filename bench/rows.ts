import { createHash } from 'node:crypto';
import type { Elements } from '../lambda/trail/element.ts';

/** The endpoint that the benchmarks record. */
export const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

/** The time of the first of two snapshots; the second is five minutes later. */
export const FIRST_CAPTURE = new Date('2026-11-20T10:00:00Z');

/** One in so many connections is opened, and one ended, between two snapshots. */
const ONE_IN = 100;

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
  const begin = FIRST_CAPTURE.getTime() / 1000;
  const now = begin + snapshot * 300;
  const established =
    index >= count ? now - (digest.readUInt8(0) % 200) : begin - 60 - (digest.readUInt16BE(0) % 28_000);
  const hasEnded = snapshot === 1 && index < count && index % ONE_IN === 0;
  const connection = {
    connectionId: `cvpn-connection-0${digest.toString('hex', 0, 8)}`,
    established,
    ended: hasEnded ? now - 90 : Number.POSITIVE_INFINITY,
    bytes: (now - established) * (500 + (digest.readUInt32BE(4) % 90_000)),
    host: index,
    commonName: `employee${digest.readUInt32BE(12)}.vpn.example.com`,
  };
  return awsRow(ENDPOINT, connection, now);
}

/** A connection that is made up; times in seconds since 1970. */
interface MadeConnection {
  readonly connectionId: string;
  readonly established: number;
  readonly ended: number;
  /** What it had sent. */
  readonly bytes: number;
  /** Its place in the network 10.0.0.0/8. */
  readonly host: number;
  readonly commonName: string;
}

/** A connection's row as AWS gives it at a time. */
export function awsRow(endpointId: string, connection: MadeConnection, now: number): BenchRow {
  const { connectionId, established, ended, bytes, host, commonName } = connection;
  const hasEnded = ended <= now;
  return {
    clientVpnEndpointId: endpointId,
    timestamp: awsTime(Math.min(ended, now)),
    connectionId,
    connectionEstablishedTime: awsTime(established),
    ingressBytes: String(bytes),
    egressBytes: String(bytes * 7 + (host % 65_536)),
    ingressPackets: String(Math.ceil(bytes / 300)),
    egressPackets: String(Math.ceil(bytes / 180)),
    clientIp: `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`,
    commonName,
    status: { code: hasEnded ? 'terminated' : 'active' },
    connectionEndTime: hasEnded ? awsTime(ended) : '-',
  };
}

function awsTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

import { isIP } from 'node:net';
import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import type { COUNTERS } from '../../trail/connection-members.ts';
import type { Instant } from '../../trail/time.ts';
import type { Activity } from './record.ts';

/** One of the events of a connection. */
export interface TunnelEvent {
  readonly connection: ConnectionAnswer;
  readonly activity: Activity;
  /** The connection's last event has its last state. */
  readonly isLast: boolean;
}

export type AnswerMember = keyof ConnectionAnswer;

/** An attribute of the events. */
export interface OcsfAttribute {
  /** Dotted. */
  readonly path: string;
  /** The member of the connection that it comes from; absent if it is the same in every event of the activity. */
  readonly member?: AnswerMember | Readonly<Record<Activity, AnswerMember>>;
  readonly value: (event: TunnelEvent) => unknown;
}

/** When it ended; the earliest possible time for an end known within bounds. Undefined while it is open. */
export function endOf({ endedAt, end }: ConnectionAnswer): Instant | undefined {
  return endedAt ?? end?.between?.[0];
}

/** Why the time of the event does not come from AWS; undefined if it does. */
export function timeReservation({ connection, activity }: TunnelEvent): string | undefined {
  const { establishedAtIsFirstSight, end } = connection;
  if (activity === 'Open') {
    return (
      establishedAtIsFirstSight && 'AWS did not say when it was established: the time is the latest that it can be.'
    );
  }
  if (end?.kind !== 'inferred' || end.between === undefined) return undefined;
  return `AWS did not say when it ended: inferred, from ${end.between.join(' to ')}; the time is the earliest.`;
}

/** The most characters of an address in OCSF's type `ip_t`. */
const LONGEST_IP = 40;

/** The tunnel address, if it is a valid address. AWS's list does not have the client's public address. */
export function tunnelAddress({ clientIp, clientIpv6 }: ConnectionAnswer): string | undefined {
  return [clientIp, clientIpv6].find((text) => text !== undefined && text.length <= LONGEST_IP && isIP(text) !== 0);
}

/** The maximum of OCSF's type `long_t`. AWS's counters have up to 38 digits. */
const LARGEST_LONG = 2n ** 63n - 1n;

/** A final counter of the connection, if the event is its end and the value fits OCSF's type. */
export function trafficCounter(
  { connection, activity }: TunnelEvent,
  member: (typeof COUNTERS)[number],
): number | bigint | undefined {
  const counter = connection[member];
  return activity === 'Close' && counter !== undefined && counter <= LARGEST_LONG ? counter : undefined;
}

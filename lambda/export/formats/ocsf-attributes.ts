import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import { toMilliseconds } from '../../trail/time.ts';
import {
  type AnswerMember,
  endOf,
  type OcsfAttribute,
  type TunnelEvent,
  timeReservation,
  trafficCounter,
  tunnelAddress,
} from './ocsf-event.ts';
import { UNMAPPED } from './ocsf-unmapped.ts';
import type { Activity } from './record.ts';

/**
 * The schema that the events follow.
 * Names, numbers and captions: https://schema.ocsf.io/1.3.0/classes/tunnel_activity?profiles=cloud
 */
const SCHEMA_VERSION = '1.3.0';
const CATEGORY = 4;
const CLASS = 4014;
const ACTIVITIES: Readonly<Record<Activity, number>> = { Open: 1, Close: 2 };

const START_OR_END: Readonly<Record<Activity, AnswerMember>> = { Open: 'establishedAt', Close: 'endedAt' };
const RESERVATION: Readonly<Record<Activity, AnswerMember>> = { Open: 'establishedAtIsFirstSight', Close: 'end' };

/** A Close without a time from AWS: its outcome is unknown too. */
const isSure = (event: TunnelEvent) => event.activity === 'Open' || timeReservation(event) === undefined;

/** Every attribute, in the order of the events' text. */
export const OCSF_ATTRIBUTES: readonly OcsfAttribute[] = [
  { path: 'activity_id', value: ({ activity }) => ACTIVITIES[activity] },
  { path: 'activity_name', value: ({ activity }) => activity },
  always('category_uid', CATEGORY),
  always('category_name', 'Network Activity'),
  always('class_uid', CLASS),
  always('class_name', 'Tunnel Activity'),
  { path: 'type_uid', value: ({ activity }) => CLASS * 100 + ACTIVITIES[activity] },
  { path: 'type_name', value: ({ activity }) => `Tunnel Activity: ${activity}` },
  always('severity_id', 1),
  always('severity', 'Informational'),
  { path: 'time', member: START_OR_END, value: ({ connection, activity }) => timeOf(connection, activity) },
  always('timezone_offset', 0),
  { path: 'status_id', member: RESERVATION, value: (event) => (isSure(event) ? 1 : 0) },
  { path: 'status', member: RESERVATION, value: (event) => (isSure(event) ? 'Success' : 'Unknown') },
  {
    path: 'status_code',
    member: 'status',
    value: ({ connection, isLast }) => (isLast ? connection.status : undefined),
  },
  { path: 'status_detail', member: RESERVATION, value: timeReservation },
  always('metadata.version', SCHEMA_VERSION),
  always('metadata.profiles', ['cloud']),
  always('metadata.product.name', 'AWS Client VPN'),
  always('metadata.product.vendor_name', 'AWS'),
  always('metadata.log_provider', 'client-vpn-audit'),
  {
    path: 'metadata.uid',
    member: 'connectionId',
    value: ({ connection, activity }) => `${connection.connectionId}:${activity.toLowerCase()}`,
  },
  of('metadata.correlation_uid', 'connectionId'),
  always('cloud.provider', 'AWS'),
  always('cloud.account.type_id', 10),
  always('cloud.account.type', 'AWS Account'),
  of('cloud.account.uid', 'accountId'),
  of('cloud.region', 'region'),
  of('session.uid', 'connectionId'),
  {
    path: 'session.created_time',
    member: 'establishedAt',
    value: ({ connection }) => toMilliseconds(connection.establishedAt),
  },
  always('session.is_remote', true),
  always('session.is_vpn', true),
  {
    path: 'user.name',
    member: 'identity',
    value: ({ connection }) => connection.username ?? connection.commonName,
  },
  { path: 'src_endpoint.ip', member: 'clientIp', value: ({ connection }) => tunnelAddress(connection) },
  of('dst_endpoint.uid', 'endpointId'),
  { path: 'tunnel_interface.ip', member: 'clientIp', value: ({ connection }) => tunnelAddress(connection) },
  { path: 'tunnel_interface.type_id', member: 'clientIp', value: (event) => ofInterface(event, 4) },
  { path: 'tunnel_interface.type', member: 'clientIp', value: (event) => ofInterface(event, 'Tunnel') },
  // OCSF counts from the client's side; AWS's ingress is what the client sent.
  trafficOf('traffic.bytes_in', 'egressBytes'),
  trafficOf('traffic.bytes_out', 'ingressBytes'),
  trafficOf('traffic.packets_in', 'egressPackets'),
  trafficOf('traffic.packets_out', 'ingressPackets'),
  ...UNMAPPED,
];

function always(path: string, value: unknown): OcsfAttribute {
  return { path, value: () => value };
}

function of(path: string, member: AnswerMember): OcsfAttribute {
  return { path, member, value: ({ connection }) => connection[member] };
}

function trafficOf(path: string, member: Parameters<typeof trafficCounter>[1]): OcsfAttribute {
  return { path, member, value: (event) => trafficCounter(event, member) };
}

function ofInterface({ connection }: TunnelEvent, value: unknown): unknown {
  return tunnelAddress(connection) === undefined ? undefined : value;
}

function timeOf(connection: ConnectionAnswer, activity: Activity): number {
  const at = activity === 'Close' ? endOf(connection) : undefined;
  return toMilliseconds(at ?? connection.establishedAt);
}

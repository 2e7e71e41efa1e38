import type { ConnectionAnswer } from '../../query/schemas/connection.ts';

/**
 * What a column holds. `time`: an instant, UTC to the second. `flag`: true or absent. `integer`: below 2^53. `counter`: one of
 * AWS's, of up to 38 digits. `texts`: a list. `elements`: what AWS gave and this version does not know.
 */
export type FieldKind = 'text' | 'time' | 'flag' | 'integer' | 'counter' | 'texts' | 'elements';

export type FieldValue = string | number | bigint | boolean | readonly string[] | Readonly<Record<string, unknown>>;

/** A column of a connection: CSV and Parquet have the same ones. */
export interface ConnectionField {
  /** Without a zone. */
  readonly name: string;
  readonly kind: FieldKind;
  /** The member of the connection that it comes from. */
  readonly member: keyof ConnectionAnswer;
  /** Undefined where AWS did not say. */
  readonly value: (connection: ConnectionAnswer) => FieldValue | undefined;
}

/** Every member of a connection, as columns: who and when before how much. */
export const CONNECTION_FIELDS: readonly ConnectionField[] = [
  field('text', 'connection_id', 'connectionId'),
  field('text', 'endpoint_id', 'endpointId'),
  field('text', 'account_id', 'accountId'),
  field('text', 'region', 'region'),
  field('text', 'identity', 'identity'),
  field('text', 'username', 'username'),
  field('text', 'common_name', 'commonName'),
  field('text', 'client_ip', 'clientIp'),
  field('text', 'client_ipv6', 'clientIpv6'),
  field('text', 'status', 'status'),
  field('text', 'status_message', 'statusMessage'),
  field('time', 'established_at', 'establishedAt'),
  field('flag', 'established_at_is_first_sight', 'establishedAtIsFirstSight'),
  field('time', 'ended_at', 'endedAt'),
  field('text', 'end_kind', 'end', ({ end }) => end?.kind),
  field('time', 'ended_after', 'end', ({ end }) => end?.between?.[0]),
  field('time', 'ended_before', 'end', ({ end }) => end?.between?.[1]),
  field('time', 'unlisted_since', 'unlistedSince'),
  field('integer', 'duration_seconds', 'durationSeconds'),
  field('flag', 'possible', 'possible'),
  field('counter', 'ingress_bytes_sent', 'ingressBytes'),
  field('counter', 'egress_bytes_received', 'egressBytes'),
  field('counter', 'ingress_packets_sent', 'ingressPackets'),
  field('counter', 'egress_packets_received', 'egressPackets'),
  field('texts', 'posture_compliance_statuses', 'postureComplianceStatuses'),
  field('time', 'authorization_policy_last_evaluated_at', 'authorizationPolicyLastEvaluatedAt'),
  field('time', 'first_seen_at', 'firstSeenAt'),
  field('time', 'last_seen_at', 'lastSeenAt'),
  field('time', 'first_slot', 'firstSlot'),
  field('time', 'last_slot', 'lastSlot'),
  field('time', 'timestamp', 'timestamp'),
  field('integer', 'contradictions', 'contradictions'),
  field('elements', 'other', 'other'),
];

function field(
  kind: FieldKind,
  name: string,
  member: keyof ConnectionAnswer,
  value: ConnectionField['value'] = (connection) => connection[member],
): ConnectionField {
  return { name, kind, member, value };
}

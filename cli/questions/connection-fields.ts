import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { toJson } from '../output/json.ts';
import type { Field } from '../output/row-writer.ts';
import { timeField } from './show-time.ts';

/** Every field of a connection, for CSV; its times are in the zone. */
export function connectionFields(zone: string): Field<ConnectionAnswer>[] {
  const time = (name: string, value: Field<ConnectionAnswer>['value']) =>
    timeField<ConnectionAnswer>(name, zone, (row) => value(row) as string | undefined);
  return [
    { name: 'connection_id', value: (row) => row.connectionId },
    { name: 'endpoint_id', value: (row) => row.endpointId },
    { name: 'account_id', value: (row) => row.accountId },
    { name: 'region', value: (row) => row.region },
    { name: 'identity', value: (row) => row.identity },
    { name: 'username', value: (row) => row.username },
    { name: 'common_name', value: (row) => row.commonName },
    { name: 'client_ip', value: (row) => row.clientIp },
    { name: 'client_ipv6', value: (row) => row.clientIpv6 },
    { name: 'status', value: (row) => row.status },
    { name: 'status_message', value: (row) => row.statusMessage },
    time('established_at', (row) => row.establishedAt),
    { name: 'established_at_is_first_sight', value: (row) => row.establishedAtIsFirstSight },
    time('ended_at', (row) => row.endedAt),
    { name: 'end_kind', value: (row) => row.end?.kind },
    time('ended_after', (row) => row.end?.between?.[0]),
    time('ended_before', (row) => row.end?.between?.[1]),
    time('unlisted_since', (row) => row.unlistedSince),
    { name: 'duration_seconds', value: (row) => row.durationSeconds },
    { name: 'possible', value: (row) => row.possible },
    { name: 'ingress_bytes_sent', value: (row) => row.ingressBytes },
    { name: 'egress_bytes_received', value: (row) => row.egressBytes },
    { name: 'ingress_packets_sent', value: (row) => row.ingressPackets },
    { name: 'egress_packets_received', value: (row) => row.egressPackets },
    { name: 'posture_compliance_statuses', value: (row) => row.postureComplianceStatuses?.join(' ') },
    time('authorization_policy_last_evaluated_at', (row) => row.authorizationPolicyLastEvaluatedAt),
    time('first_seen_at', (row) => row.firstSeenAt),
    time('last_seen_at', (row) => row.lastSeenAt),
    time('first_slot', (row) => row.firstSlot),
    time('last_slot', (row) => row.lastSlot),
    time('timestamp', (row) => row.timestamp),
    { name: 'contradictions', value: (row) => row.contradictions },
    { name: 'other', value: (row) => (row.other === undefined ? undefined : toJson(row.other)) },
  ];
}

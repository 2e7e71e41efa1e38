import type { Structure } from '../../../gateway/ec2-query-protocol/structure.ts';
import { ipv4Text } from '../ipv4.ts';
import { connectionTime } from '../utc-text.ts';
import type { SimulatedConnection } from './connection.ts';
import { randomness } from './randomness.ts';

/** Seconds between two evaluations of the authorization rules. */
const EVALUATION = 3600;

const time = (seconds: number) => connectionTime(seconds * 1000);

/** What the client connect handler says of the device. */
function posture(connectionId: string): readonly string[] {
  const random = randomness('posture', connectionId);
  if (random.chance(0.9)) return ['compliant'];
  return random.chance(0.5) ? ['quarantined'] : ['unknown', 'quarantined'];
}

/** The fields that only an endpoint with a client connect handler gives. */
function authorization({ endpoint, connectionId, start }: SimulatedConnection, lasted: number): Structure {
  if (endpoint.connectHandler === undefined) return {};
  return {
    postureComplianceStatusSet: posture(connectionId),
    authorizationPolicyLastEvaluatedTime: time(start + Math.floor(lasted / EVALUATION) * EVALUATION),
  };
}

/** The addresses of a place in the endpoint's network: one IPv4, and one IPv6 for clients that support it. */
function addresses({ endpoint, person, host }: SimulatedConnection): Structure {
  const clientIp = ipv4Text(endpoint.network + host);
  if (!endpoint.dualStack || !person.ipv6) return { clientIp };
  return { clientIp, clientIpv6Address: `fd5a:7c1e:4b02::${host.toString(16)}` };
}

/**
 * A connection as an item of DescribeClientVpnConnections at an instant (EC2 API reference, ClientVpnConnection).
 * While it is active, `timestamp` is that instant and `connectionEndTime` is `-`; afterwards both are the end, as in
 * AWS's example.
 * @param at - seconds since 1970, with a fraction; not before the connection's start.
 */
export function simulatedRow(connection: SimulatedConnection, at: number): Structure {
  const { person, start, end } = connection;
  const active = at < end;
  const lasted = (active ? at : end) - start;
  const counters = connection.traffic(lasted);
  return {
    clientVpnEndpointId: connection.endpoint.id,
    timestamp: time(active ? Math.floor(at) : end),
    connectionId: connection.connectionId,
    ...(person.username === undefined ? {} : { username: person.username }),
    connectionEstablishedTime: time(start),
    ...Object.fromEntries(Object.entries(counters).map(([name, count]) => [name, String(count)])),
    ...addresses(connection),
    commonName: person.commonName,
    status: { code: active ? 'active' : 'terminated' },
    connectionEndTime: active ? '-' : time(end),
    ...authorization(connection, lasted),
  };
}

import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import type { Structure } from '../ec2-query-protocol/structure.ts';
import { asElements } from './aws-elements.ts';

type Said = Readonly<Record<string, Structure[string] | undefined>>;

/**
 * A connection as an item of DescribeClientVpnConnections: names, order and forms of the EC2 API reference
 * (ClientVpnConnection), with what AWS gave last. What AWS did not say is absent.
 *
 * AWS's shape has no place for an end that is only known within bounds. Such a connection has no `connectionEndTime` at
 * all: `-` would say that it is still connected, and a bound would be a time that AWS never gave. It is `terminated`, as
 * the filter `status` counts it, and the status's message tells the bounds and AWS's own last word. Elements that this
 * version does not know come last.
 */
export function connectionRow(connection: ConnectionAnswer): Structure {
  const { status: more, ...other } = connection.other ?? {};
  return present({
    clientVpnEndpointId: connection.endpointId,
    timestamp: awsTime(connection.timestamp ?? connection.endedAt),
    connectionId: connection.connectionId,
    username: connection.username,
    connectionEstablishedTime: connection.establishedAtIsFirstSight ? undefined : awsTime(connection.establishedAt),
    ingressBytes: connection.ingressBytes?.toString(),
    egressBytes: connection.egressBytes?.toString(),
    ingressPackets: connection.ingressPackets?.toString(),
    egressPackets: connection.egressPackets?.toString(),
    clientIp: connection.clientIp,
    clientIpv6Address: connection.clientIpv6,
    commonName: connection.commonName,
    status: statusOf(connection, asElements(more)),
    connectionEndTime: awsTime(connection.endedAt) ?? (connection.end ? undefined : '-'),
    postureComplianceStatusSet: connection.postureComplianceStatuses,
    authorizationPolicyLastEvaluatedTime: awsTime(connection.authorizationPolicyLastEvaluatedAt),
    ...asElements(other),
  });
}

function statusOf({ status, statusMessage, end }: ConnectionAnswer, more: Structure | undefined) {
  const [from, to] = end?.between ?? [];
  const known =
    from && to
      ? { code: 'terminated', message: inferredMessage(status, from, to) }
      : present({ code: status, message: statusMessage });
  const all = { ...known, ...more };
  return Object.keys(all).length === 0 ? undefined : all;
}

function inferredMessage(status: string | undefined, from: Instant, to: Instant): string {
  const lastWord = `AWS's last word was ${status ?? 'none'}`;
  return `Inferred, ${lastWord}: ended between ${awsTime(from)} and ${awsTime(to)}`;
}

/** `2019-08-12 07:58:34`: UTC, with no zone written. */
function awsTime(instant: Instant | undefined): string | undefined {
  return instant?.slice(0, 19).replace('T', ' ');
}

function present(elements: Said): Structure {
  const said = Object.entries(elements).filter((entry): entry is [string, Structure[string]] => entry[1] !== undefined);
  return Object.fromEntries(said);
}

import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import {
  CONNECTION_MEMBERS,
  COUNTERS,
  ELEMENTS,
  type ElementKind,
  type MemberName,
} from '../../lambda/trail/connection-members.ts';
import { present } from '../../lambda/trail/present.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import type { Structure } from '../ec2-query-protocol/structure.ts';
import { structureOf } from './aws-elements.ts';

/** AWS's order; elements that are not named here come after these. */
const ORDER: readonly string[] = [
  'clientVpnEndpointId',
  'timestamp',
  'connectionId',
  'username',
  'connectionEstablishedTime',
  ...COUNTERS.map((name) => CONNECTION_MEMBERS[name].wire),
  'clientIp',
  'clientIpv6Address',
  'commonName',
  'status',
  'connectionEndTime',
];

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
  const elements: Readonly<Record<string, Structure[string] | undefined>> = {
    ...Object.fromEntries(ELEMENTS.map(({ name, wire, kind }) => [wire, elementOf(connection[name], kind)])),
    clientVpnEndpointId: connection.endpointId,
    timestamp: awsTime(connection.timestamp ?? connection.endedAt),
    connectionEstablishedTime: connection.establishedAtIsFirstSight ? undefined : awsTime(connection.establishedAt),
    status: statusOf(connection, structureOf(more)),
    connectionEndTime: awsTime(connection.endedAt) ?? (connection.end ? undefined : '-'),
  };
  return { ...present(elements, ORDER), ...present(elements), ...structureOf(other) } as Structure;
}

function elementOf(value: ConnectionAnswer[MemberName], kind: ElementKind): Structure[string] | undefined {
  if (value === undefined || Array.isArray(value)) return value as Structure[string] | undefined;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return kind === 'time' ? awsTime(text) : text;
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

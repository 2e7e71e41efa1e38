import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { showBytes, showDuration } from '../output/amounts.ts';
import { padTo, wrapTo } from '../output/fit-text.ts';
import { tableWidth } from '../output/format.ts';
import { toJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import type { Terminal } from '../terminal.ts';
import { showInZone } from '../time-zone.ts';

const LABEL_WIDTH = 24;

/** Every field of a connection, one a line, for people; what AWS did not say has no line. */
export function connectionLines(
  connection: ConnectionAnswer,
  zone: string,
  terminal: Pick<Terminal, 'width' | 'strong'>,
): string[] {
  const width = Math.max(1, tableWidth(terminal) - LABEL_WIDTH);
  return fieldsOf(connection, zone).flatMap(([label, value]) =>
    value === undefined || value === ''
      ? []
      : wrapTo(printable(value), width).map(
          (line, index) => `${terminal.strong(padTo(index === 0 ? label : '', LABEL_WIDTH, 'left'))}${line}`,
        ),
  );
}

type FieldLine = readonly [label: string, value: string | undefined];

function fieldsOf(connection: ConnectionAnswer, zone: string): FieldLine[] {
  const time = (instant: Instant | undefined) => (instant === undefined ? undefined : showInZone(instant, zone));
  const { unlistedSince, establishedAtIsFirstSight, other, contradictions } = connection;
  return [
    ['connection', connection.connectionId],
    ['endpoint', connection.endpointId],
    ['account', connection.accountId],
    ['region', connection.region],
    ['who', connection.identity],
    ['username', connection.username],
    ['common name', connection.commonName],
    ['client IP', connection.clientIp],
    ['client IPv6', connection.clientIpv6],
    ['status', statusLine(connection)],
    ['status message', connection.statusMessage],
    [
      'established',
      `${time(connection.establishedAt)}${establishedAtIsFirstSight ? ' (at the latest; AWS did not say)' : ''}`,
    ],
    ['ended', endOf(connection, time)],
    ['not listed since', time(unlistedSince)],
    ['lasted', showDuration(connection.durationSeconds)],
    ['sent (upload)', exactBytes(connection.ingressBytes, connection.ingressPackets)],
    ['received (download)', exactBytes(connection.egressBytes, connection.egressPackets)],
    ['posture compliance', connection.postureComplianceStatuses?.join(', ')],
    ['policy last evaluated', time(connection.authorizationPolicyLastEvaluatedAt)],
    ['first seen', time(connection.firstSeenAt)],
    ['last seen', time(connection.lastSeenAt)],
    ['first slot', time(connection.firstSlot)],
    ['last slot', time(connection.lastSlot)],
    ["AWS's Timestamp", time(connection.timestamp)],
    ['contradictions', contradictions === undefined ? undefined : String(contradictions)],
    ['other elements', other === undefined ? undefined : toJson(other)],
  ];
}

function endOf(
  { end, endedAt, status }: ConnectionAnswer,
  time: (instant: Instant | undefined) => string | undefined,
): string {
  if (end?.between) return `between ${end.between.map(time).join(' and ')} (inferred: AWS did not say)`;
  if (endedAt === undefined) return `not that is known (${status ?? 'no status'})`;
  return `${time(endedAt)}${end?.kind === 'inferred' ? ' (inferred: AWS did not say)' : ''}`;
}

function exactBytes(bytes: number | bigint | undefined, packets: number | bigint | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const exact = `${bytes.toLocaleString('en')} bytes`;
  const readable = bytes < 1024 ? exact : `${showBytes(bytes)} (${exact})`;
  return packets === undefined ? readable : `${readable} in ${packets.toLocaleString('en')} packets`;
}

function statusLine({ status, end }: ConnectionAnswer): string | undefined {
  return end?.kind === 'inferred' ? `${status ?? 'none'}: AWS's last word; it vanished, and is over` : status;
}

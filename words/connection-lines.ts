import type { ConnectionAnswer } from '../lambda/query/schemas/connection.ts';
import { COLUMN_ORDER, type Kinds, type MemberName, traitsOf } from '../lambda/trail/connection-members.ts';
import type { Instant } from '../lambda/trail/time.ts';
import { showInZone } from '../lambda/trail/time-zone.ts';
import { showBytes, showDuration } from './amounts.ts';
import { printableJson } from './printable.ts';

type ShowTime = (instant: Instant | undefined) => string | undefined;

/** The lines that say more than their member does. */
const LINES: Readonly<
  Partial<Record<MemberName, (connection: ConnectionAnswer, time: ShowTime) => string | undefined>>
> = {
  status: statusLine,
  establishedAt: ({ establishedAt, establishedAtIsFirstSight }, time) =>
    `${time(establishedAt)}${establishedAtIsFirstSight ? ' (at the latest; AWS did not say)' : ''}`,
  endedAt: endLine,
  ingressBytes: ({ ingressBytes, ingressPackets }) => exactBytes(ingressBytes, ingressPackets),
  egressBytes: ({ egressBytes, egressPackets }) => exactBytes(egressBytes, egressPackets),
};

/**
 * Every field of a connection with its label, in the order of columns, in words for people; those without a value are left out. What AWS
 * gave is as it came: whoever shows it makes it {@link printable}, or escapes it.
 */
export function labelledLines(connection: ConnectionAnswer, zone: string): [label: string, value: string][] {
  const time = (instant: Instant | undefined) => (instant === undefined ? undefined : showInZone(instant, zone));
  return COLUMN_ORDER.flatMap((name) => {
    const { kind, label } = traitsOf(name);
    if (label === undefined) return [];
    const line = LINES[name];
    const value = line ? line(connection, time) : plainLine(connection[name], kind, time);
    return value === undefined || value === '' ? [] : [[label, value]];
  });
}

function plainLine(value: ConnectionAnswer[MemberName], kind: keyof Kinds, time: ShowTime): string | undefined {
  if (value === undefined) return undefined;
  if (kind === 'time' && typeof value === 'string') return time(value);
  if (kind === 'seconds') return showDuration(Number(value));
  if (Array.isArray(value)) {
    return value.map((one) => (typeof one === 'string' ? one : printableJson(one))).join(', ');
  }
  return typeof value === 'object' ? printableJson(value) : String(value);
}

function endLine({ end, endedAt, status }: ConnectionAnswer, time: ShowTime): string {
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

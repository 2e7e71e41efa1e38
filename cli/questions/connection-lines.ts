import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { COLUMN_ORDER, type Kinds, type MemberName, traitsOf } from '../../lambda/trail/connection-members.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import { showBytes, showDuration } from '../output/amounts.ts';
import { padTo, wrapTo } from '../output/fit-text.ts';
import { tableWidth } from '../output/format.ts';
import { printableJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import type { Terminal } from '../terminal.ts';

const LABEL_WIDTH = 24;

/** Every field of a connection, one per line, for people; absent values have no line. */
export function connectionLines(
  connection: ConnectionAnswer,
  zone: string,
  terminal: Pick<Terminal, 'width' | 'strong'>,
): string[] {
  const width = Math.max(1, tableWidth(terminal) - LABEL_WIDTH);
  return labelledLines(connection, zone).flatMap(([label, value]) =>
    value === undefined || value === ''
      ? []
      : wrapTo(printable(value), width).map(
          (line, index) => `${terminal.strong(padTo(index === 0 ? label : '', LABEL_WIDTH, 'left'))}${line}`,
        ),
  );
}

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

function labelledLines(connection: ConnectionAnswer, zone: string): [label: string, value: string | undefined][] {
  const time = (instant: Instant | undefined) => (instant === undefined ? undefined : showInZone(instant, zone));
  return COLUMN_ORDER.flatMap((name) => {
    const { kind, label } = traitsOf(name);
    if (label === undefined) return [];
    const line = LINES[name];
    return [[label, line ? line(connection, time) : plainLine(connection[name], kind, time)]];
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

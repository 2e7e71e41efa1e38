import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { labelledLines } from '../../words/connection-lines.ts';
import { printable } from '../../words/printable.ts';
import { padTo, wrapTo } from '../output/fit-text.ts';
import { tableWidth } from '../output/format.ts';
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
    wrapTo(printable(value), width).map(
      (line, index) => `${terminal.strong(padTo(index === 0 ? label : '', LABEL_WIDTH, 'left'))}${line}`,
    ),
  );
}

import { csvText, jsonText, type ListFields, type ListText } from '../../words/list-text.ts';
import { printable, printableJson } from '../../words/printable.ts';
import type { Terminal } from '../terminal.ts';
import { type Format, tableWidth } from './format.ts';
import { type Column, headerLines, type Layout, layOut, rowLines } from './table.ts';

/** How the rows of a list are written. */
export interface ListShape<Row> extends ListFields<Row> {
  readonly columns: readonly Column<Row>[];
}

/** Writes a list as its rows come. */
export interface RowWriter<Row> {
  write(rows: readonly Row[]): Promise<void>;
  /** @param rest - what the API's answer says beside the list; JSON has it */
  end(rest: object): Promise<void>;
}

/** The writer of a list in a format. */
export function rowWriter<Row>(shape: ListShape<Row>, format: Format, terminal: Terminal): RowWriter<Row> {
  if (format === 'json') return textWriter(jsonText(shape), (text) => terminal.write(text));
  if (format === 'csv') return csvWriter(shape, terminal);
  if (format === 'table') return tableWriter(shape, terminal);
  return {
    write: (rows) => terminal.write(rows.map((row) => `${printableJson(row)}\n`).join('')),
    end: async () => {},
  };
}

/** Writes a list that is there as a whole. */
export async function writeRows<Row>(
  shape: ListShape<Row>,
  rows: readonly Row[],
  { format, surroundings }: { readonly format: Format; readonly surroundings: { readonly terminal: Terminal } },
  rest: object = {},
): Promise<void> {
  const writer = rowWriter(shape, format, surroundings.terminal);
  await writer.write(rows);
  await writer.end(rest);
}

/** Writes each piece of a text. */
function textWriter<Row>(text: ListText<Row>, write: (text: string) => Promise<void>): RowWriter<Row> {
  const writeSome = async (piece: string) => {
    if (piece !== '') await write(piece);
  };
  return { write: (rows) => writeSome(text.write(rows)), end: (rest) => writeSome(text.end(rest)) };
}

/** In a file names are as they are; a terminal must not act on them. */
function csvWriter<Row>(shape: ListShape<Row>, terminal: Terminal): RowWriter<Row> {
  const isShown = terminal.width() !== undefined;
  const shown = (text: string) => (isShown ? text.split('\r\n').map(printable).join('\r\n') : text);
  return textWriter(csvText(shape), (text) => terminal.write(shown(text)));
}

/** The first rows decide on the columns, and on their widths; nothing is written where there are none. */
function tableWriter<Row>(shape: ListShape<Row>, terminal: Terminal): RowWriter<Row> {
  let layout: Layout<Row> | undefined;
  return {
    write: async (rows) => {
      if (rows.length === 0) return;
      const placed = layout ?? layOut(shape.columns, rows, tableWidth(terminal));
      const header = layout ? [] : headerLines(placed).map((line) => terminal.strong(line));
      layout = placed;
      const lines = [...header, ...rows.flatMap((row) => rowLines(placed, row))];
      await terminal.write(lines.map((line) => `${line}\n`).join(''));
    },
    end: async () => {
      const leftOut = layout?.leftOut ?? [];
      if (leftOut.length === 0) return;
      terminal.notice(`No room for: ${leftOut.join(', ')}. A wider terminal or --output json has everything.`);
    },
  };
}

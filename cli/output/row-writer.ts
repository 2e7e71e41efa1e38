import { stringify } from 'csv-stringify/sync';
import { printable, printableJson } from '../../words/printable.ts';
import type { Terminal } from '../terminal.ts';
import { type Format, tableWidth } from './format.ts';
import { type Column, headerLines, type Layout, layOut, rowLines } from './table.ts';

/** A field of a CSV file. */
export interface Field<Row> {
  /** Names the zone where it is a time. */
  readonly name: string;
  readonly value: (row: Row) => string | number | bigint | boolean | undefined;
}

/** How the rows of a list are written. */
export interface ListShape<Row> {
  /** The list's name in the API's answer. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly fields: readonly Field<Row>[];
}

/** Writes a list as its rows come. */
export interface RowWriter<Row> {
  write(rows: readonly Row[]): Promise<void>;
  /** @param rest - what the API's answer says beside the list; JSON has it */
  end(rest: object): Promise<void>;
}

/** The writer of a list in a format. */
export function rowWriter<Row>(shape: ListShape<Row>, format: Format, terminal: Terminal): RowWriter<Row> {
  if (format === 'json') return jsonWriter(shape, terminal);
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

/** One document, whole at its end, with a row a line. */
function jsonWriter<Row>({ name }: ListShape<Row>, terminal: Terminal): RowWriter<Row> {
  let before = `{\n  ${printableJson(name)}: [`;
  let isEmpty = true;
  return {
    write: async (rows) => {
      if (rows.length === 0) return;
      await terminal.write(before + rows.map((row) => `\n    ${printableJson(row)}`).join(','));
      before = ',';
      isEmpty = false;
    },
    end: async (rest) => {
      const others = Object.entries(rest).map(([key, value]) => `,\n  ${printableJson(key)}: ${printableJson(value)}`);
      await terminal.write(`${isEmpty ? before : '\n  '}]${others.join('')}\n}\n`);
    },
  };
}

/** RFC 4180, with what a spreadsheet would take for a formula escaped. */
function csvWriter<Row>({ fields }: ListShape<Row>, terminal: Terminal): RowWriter<Row> {
  const write = async (records: readonly (string | number | bigint | boolean | undefined)[][]) => {
    const text = stringify([...records], {
      escape_formulas: true,
      record_delimiter: 'windows',
      // Left to itself it quotes no lone CR or LF once the delimiter is given.
      quote_record_delimiter: true,
      cast: { boolean: String, bigint: String },
    });
    // In a file names are as they are; a terminal must not act on them.
    const isShown = terminal.width() !== undefined;
    await terminal.write(isShown ? text.split('\r\n').map(printable).join('\r\n') : text);
  };
  let isBegun = false;
  return {
    write: async (rows) => {
      const header = isBegun ? [] : [fields.map(({ name }) => name)];
      isBegun = true;
      await write([...header, ...rows.map((row) => fields.map(({ value }) => value(row)))]);
    },
    end: async () => {},
  };
}

/** The first rows decide on the columns' widths; nothing is written where there are none. */
function tableWriter<Row>({ columns }: ListShape<Row>, terminal: Terminal): RowWriter<Row> {
  let layout: Layout<Row> | undefined;
  return {
    write: async (rows) => {
      if (rows.length === 0) return;
      const placed = layout ?? layOut(columns, rows, tableWidth(terminal));
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

import { stringify } from 'csv-stringify/sync';
import type { Instant } from '../lambda/trail/time.ts';
import { showInZone } from '../lambda/trail/time-zone.ts';
import { printableJson } from './printable.ts';

/** A field of a CSV file. */
export interface Field<Row> {
  /** Names the zone where it is a time. */
  readonly name: string;
  readonly value: (row: Row) => string | number | bigint | boolean | undefined;
}

/** A list as a file has it. */
export interface ListFields<Row> {
  /** The list's name in JSON. */
  readonly name: string;
  readonly fields: readonly Field<Row>[];
}

/** The text of a list, piece by piece as its rows come. */
export interface ListText<Row> {
  readonly write: (rows: readonly Row[]) => string;
  /** @param rest what is said beside the list; JSON has it */
  readonly end: (rest: object) => string;
}

/** One document, whole at its end, with a row a line. */
export function jsonText<Row>({ name }: Pick<ListFields<Row>, 'name'>): ListText<Row> {
  let before = `{\n  ${printableJson(name)}: [`;
  let isEmpty = true;
  return {
    write: (rows) => {
      if (rows.length === 0) return '';
      const text = before + rows.map((row) => `\n    ${printableJson(row)}`).join(',');
      before = ',';
      isEmpty = false;
      return text;
    },
    end: (rest) => {
      const others = Object.entries(rest).map(([key, value]) => `,\n  ${printableJson(key)}: ${printableJson(value)}`);
      return `${isEmpty ? before : '\n  '}]${others.join('')}\n}\n`;
    },
  };
}

/** RFC 4180, with what a spreadsheet would take for a formula escaped. */
export function csvText<Row>({ fields }: Pick<ListFields<Row>, 'fields'>): ListText<Row> {
  let isBegun = false;
  return {
    write: (rows) => {
      const header = isBegun ? [] : [fields.map(({ name }) => name)];
      isBegun = true;
      return stringify([...header, ...rows.map((row) => fields.map(({ value }) => value(row)))], {
        escape_formulas: true,
        record_delimiter: 'windows',
        // Left to itself it quotes no lone CR or LF once the delimiter is given.
        quote_record_delimiter: true,
        cast: { boolean: String, bigint: String },
      });
    },
    end: () => '',
  };
}

/** A CSV field of times, with the zone in its name, like `established_at_utc`. */
export function timeField<Row>(name: string, zone: string, value: (row: Row) => Instant | undefined): Field<Row> {
  return {
    name: `${name}_${zone.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`,
    value: (row) => {
      const instant = value(row);
      return instant === undefined ? undefined : showInZone(instant, zone);
    },
  };
}

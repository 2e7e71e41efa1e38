import { stringify } from 'csv-stringify/sync';
import { toJson } from '../../query/json.ts';
import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import { CONNECTION_FIELDS, type ConnectionField } from './connection-fields.ts';
import type { ExportWriter, Sink } from './format.ts';
import { createLineWriter } from './line-writer.ts';

/** The name of a field's column: times name their zone. */
export function csvColumn({ name, kind }: Pick<ConnectionField, 'name' | 'kind'>): string {
  return kind === 'time' ? `${name}_utc` : name;
}

/** The header row, in the order of {@link CONNECTION_FIELDS}. */
export const CSV_COLUMNS: readonly string[] = CONNECTION_FIELDS.map(csvColumn);

/**
 * Beginnings that a spreadsheet may treat as a formula: `=`, `+`, `-`, `@`, also full-width, and tab, CR and LF
 * (OWASP, "CSV Injection"). Also the prefix itself, so that removing one always restores the original.
 */
const NEEDS_PREFIX = /^['=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** A text in a cell: with a `'` before it if it begins like a formula, or with `'`. */
export function escapeFormula(text: string): string {
  return NEEDS_PREFIX.test(text) ? `'${text}` : text;
}

/** The inverse of {@link escapeFormula}: removes one leading `'`. */
export function unescapeFormula(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

/** A field's text in CSV before escaping; lists and elements are JSON, and an absent value is the empty text. */
export function csvText({ value }: ConnectionField, connection: ConnectionAnswer): string {
  const said = value(connection) ?? '';
  return typeof said === 'object' ? toJson(said) : String(said);
}

/** RFC 4180 with a header row. Only texts are escaped: numbers and times are never formulas. */
export function createCsvWriter(sink: Sink, bom = false): ExportWriter {
  const toText = (connections: readonly ConnectionAnswer[]) => toCsv(connections.map(cellsOf));
  return createLineWriter(sink, toText, `${bom ? '\uFEFF' : ''}${toCsv([CSV_COLUMNS])}`);
}

function cellsOf(connection: ConnectionAnswer): string[] {
  return CONNECTION_FIELDS.map((field) => {
    const text = csvText(field, connection);
    return field.kind === 'text' ? escapeFormula(text) : text;
  });
}

function toCsv(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    // Left to itself it quotes no lone CR or LF once the delimiter is given.
    quote_record_delimiter: true,
    // Readers that guess would treat a bare `'` as the quote character.
    quoted_match: /^'/,
  });
}

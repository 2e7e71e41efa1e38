import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { CONNECTION_FIELDS } from './connection-fields.ts';
import { CSV_COLUMNS, escapeFormula, unescapeFormula } from './csv.ts';
import { LONGEST_LINE, MalformedExport, type ReadRecord, tooLong } from './record.ts';

const ROW_END = '\r\n';

interface CsvRow {
  readonly record: readonly string[];
  readonly info: Info;
}

/** Reads a CSV export, with or without a byte order mark. A row's line is its last. */
export async function* readCsv(file: string): AsyncIterable<ReadRecord> {
  const parser = parse({
    bom: true,
    info: true,
    record_delimiter: ROW_END,
    relax_column_count: true,
    max_record_size: LONGEST_LINE,
  });
  // Errors of the file destroy the parser, which then emits them.
  pipeline(wholeFile(file), parser, () => {});
  let isHeaderRead = false;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
      const where = `line ${info.lines}`;
      if (isHeaderRead) yield readCells(record, where);
      else checkHeader(record);
      isHeaderRead = true;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw tooLong(`line ${String(error.lines)}`);
    throw new MalformedExport(`line ${String(error.lines)}`, `no CSV as RFC 4180 has it: ${error.message}`, {
      cause: error,
    });
  }
  if (!isHeaderRead) checkHeader([]);
}

/**
 * The bytes of the file, which must end with a row: the parser would accept a truncated row. It limits the characters of a record's
 * cells, but not their number.
 */
async function* wholeFile(file: string): AsyncIterable<Buffer> {
  let end = Buffer.from(ROW_END);
  let [line, length] = [1, 0];
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    end = Buffer.concat([end, chunk.subarray(-ROW_END.length)]).subarray(-ROW_END.length);
    const last = chunk.lastIndexOf(ROW_END);
    length = last < 0 ? length + chunk.length : chunk.length - last;
    for (let at = chunk.indexOf(ROW_END); at >= 0; at = chunk.indexOf(ROW_END, at + 1)) line += 1;
    if (length > LONGEST_LINE) throw tooLong(`line ${line}`);
    yield chunk;
  }
  if (end.toString() !== ROW_END) throw new MalformedExport('the file', 'ends without CRLF: it was cut short');
}

function checkHeader(names: readonly string[]): void {
  const at = Math.max(CSV_COLUMNS.length, names.length);
  for (let column = 0; column < at; column += 1) {
    const [found, expected] = [names[column], CSV_COLUMNS[column]];
    if (found === expected) continue;
    throw new MalformedExport(
      'line 1',
      `column ${column + 1} is ${JSON.stringify(found) ?? 'missing'}; expected ${JSON.stringify(expected) ?? 'none'}`,
    );
  }
}

function readCells(cells: readonly string[], where: string): ReadRecord {
  if (cells.length !== CONNECTION_FIELDS.length) {
    throw new MalformedExport(where, `${cells.length} cells; expected ${CONNECTION_FIELDS.length}`);
  }
  const fields = cells.flatMap((cell, column): [string, string][] => {
    const isText = CONNECTION_FIELDS[column]?.kind === 'text';
    const text = isText ? unescapeFormula(cell) : cell;
    if (isText && escapeFormula(text) !== cell) {
      throw new MalformedExport(
        where,
        `${CSV_COLUMNS[column]} is not escaped as a text is: ' before one that begins like a formula, and no other`,
      );
    }
    return cell === '' ? [] : [[CSV_COLUMNS[column] ?? '', text]];
  });
  const [[, connectionId] = ['', '']] = fields.filter(([name]) => name === 'connection_id');
  if (connectionId === '') throw new MalformedExport(where, 'no connection_id; expected one in every row');
  return { connectionId, fields: Object.fromEntries(fields), where };
}

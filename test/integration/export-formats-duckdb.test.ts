import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_FIELDS, type FieldKind } from '../../lambda/export/formats/connection-fields.ts';
import { csvColumn } from '../../lambda/export/formats/csv.ts';
import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import { toJson } from '../../lambda/query/json.ts';
import { AWKWARD_CONNECTIONS, AWKWARD_NAMES } from '../support/exports/export-connections.ts';
import { ExportFolder } from '../support/exports/export-folder.ts';
import { written } from '../support/exports/export-sink.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

let duckdb: DuckDBConnection;
const folder = ofEachTest(
  () => new ExportFolder(),
  (made) => made[Symbol.dispose](),
);

beforeAll(async () => {
  duckdb = await DuckDBConnection.create();
});

afterAll(() => duckdb.closeSync());

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
}

async function typesOf(source: string): Promise<Record<string, unknown>> {
  const columns = await rows(`DESCRIBE SELECT * FROM ${source}`);
  return Object.fromEntries(columns.map(({ column_name, column_type }) => [column_name, column_type]));
}

async function file(format: ExportFormat, connections = AWKWARD_CONNECTIONS): Promise<string> {
  return `'${folder.file(`connections.${format}`, await written(format, connections))}'`;
}

/** Every cell as it stands: DuckDB is told the quoting, and guesses nothing. */
async function csvCells(): Promise<string> {
  return `read_csv(${await file('csv')}, header = true, all_varchar = true, auto_detect = false, delim = ',',
    quote = '"', escape = '"', new_line = '\\r\\n', columns = {${CONNECTION_FIELDS.map(
      (field) => `'${csvColumn(field)}': 'VARCHAR'`,
    ).join(', ')}})`;
}

/** DuckDB has the byte order mark that a name may begin with; its binding for Node takes it off the texts that it hands on. */
function handedOn(name: string | undefined): string | null {
  return name?.replace(/^\uFEFF/, '') ?? null;
}

const TYPES: Readonly<Record<FieldKind, string>> = {
  text: 'VARCHAR',
  time: 'TIMESTAMP WITH TIME ZONE',
  flag: 'BOOLEAN',
  integer: 'BIGINT',
  counter: 'DECIMAL(38,0)',
  texts: 'VARCHAR[]',
  elements: 'VARCHAR',
};

describe('DuckDB, reading the Parquet export', () => {
  it('finds typed columns: timestamps are timestamps, counters numbers, lists lists', async () => {
    expect(await typesOf(await file('parquet'))).toEqual(
      Object.fromEntries(CONNECTION_FIELDS.map(({ name, kind }) => [name, TYPES[kind]])),
    );
  });

  it('finds the rows that were written', async () => {
    const found = await rows(`
      SELECT connection_id, username, common_name, status_message, epoch_ms(established_at) AS established_at,
        established_at_is_first_sight, epoch_ms(ended_before) AS ended_before, duration_seconds,
        ingress_bytes_sent::VARCHAR AS ingress, egress_bytes_received::VARCHAR AS egress,
        posture_compliance_statuses AS statuses, other
      FROM ${await file('parquet')}`);
    expect(found).toEqual(
      AWKWARD_CONNECTIONS.map((row) => ({
        connection_id: row.connectionId,
        username: handedOn(row.username),
        common_name: handedOn(row.commonName),
        status_message: handedOn(row.statusMessage),
        established_at: String(Date.parse(row.establishedAt)),
        established_at_is_first_sight: row.establishedAtIsFirstSight ?? null,
        ended_before: row.end?.between ? String(Date.parse(row.end.between[1])) : null,
        duration_seconds: row.durationSeconds?.toString() ?? null,
        ingress: row.ingressBytes?.toString() ?? null,
        egress: row.egressBytes?.toString() ?? null,
        statuses: row.postureComplianceStatuses?.map(handedOn) ?? null,
        other: row.other === undefined ? null : toJson(row.other),
      })),
    );
  });

  it('adds up and filters counters above 2^53 exactly', async () => {
    const [large, larger] = [2n ** 53n + 1n, 2n ** 60n + 1n];
    const source = await file('parquet', [
      connectionNumber(1, { ingressBytes: large }),
      connectionNumber(2, { ingressBytes: larger }),
    ]);
    expect(await rows(`SELECT sum(ingress_bytes_sent)::VARCHAR AS total FROM ${source}`)).toEqual([
      { total: String(large + larger) },
    ]);
    expect(await rows(`SELECT username FROM ${source} WHERE ingress_bytes_sent = ${large}`)).toEqual([
      { username: 'person-1' },
    ]);
    expect(await rows(`SELECT * FROM ${source} WHERE established_at > '2026-11-22 13:00:00+00'`)).toEqual([]);
  });

  // hyparquet-writer's own choice above 16 values is RLE, which fastparquet cannot read.
  it('finds flags in the encoding that every reader knows', async () => {
    const flags = Array.from({ length: 40 }, (_, row) => row % 3 === 0);
    const source = await file(
      'parquet',
      flags.map((isPossible, row) => connectionNumber(row, isPossible ? { possible: true } : {})),
    );
    const encodings = await rows(`SELECT DISTINCT encodings FROM parquet_metadata(${source}) WHERE type = 'BOOLEAN'`);
    expect(encodings).toEqual([{ encodings: 'PLAIN' }]);
    expect(await rows(`SELECT possible FROM ${source}`)).toEqual(flags.map((flag) => ({ possible: flag || null })));
  });

  it('reads a file without rows', async () => {
    expect(await rows(`SELECT count(*)::INT AS rows FROM ${await file('parquet', [])}`)).toEqual([{ rows: 0 }]);
  });
});

describe('DuckDB, reading the CSV export', () => {
  it('takes times for timestamps and counters for numbers, by itself', async () => {
    const types = await typesOf(`read_csv(${await file('csv', [connectionNumber(1), connectionNumber(2)])})`);
    expect(types).toMatchObject({
      established_at_utc: expect.stringMatching(/^TIMESTAMP/),
      ingress_bytes_sent: 'BIGINT',
      duration_seconds: 'BIGINT',
    });
  });

  it('finds no formula in a name, and the name behind one prefix', async () => {
    const names = (await rows(`SELECT username FROM ${await csvCells()}`)).map(({ username }) => username);
    expect(names.slice(0, AWKWARD_NAMES.length)).toEqual(
      AWKWARD_NAMES.map((name) => (/^['=+\-@\t\r\n\uFF1D]/.test(name) ? `'${name}` : handedOn(name))),
    );
  });

  it('finds the rows of the Parquet export', async () => {
    const fromParquet = CONNECTION_FIELDS.map(({ name, kind }) => {
      if (kind === 'time') return `epoch_ms(${name})::VARCHAR`;
      if (kind === 'texts') return `to_json(${name})::VARCHAR`;
      return `${name}::VARCHAR`;
    });
    const fromCsv = CONNECTION_FIELDS.map((field) => {
      const name = csvColumn(field);
      if (field.kind === 'time') return `epoch_ms(${name}::TIMESTAMPTZ)::VARCHAR`;
      if (field.kind === 'texts') return `${name}::JSON::VARCHAR[]::JSON::VARCHAR`;
      return field.kind === 'text' ? `regexp_replace(${name}, '^''', '')` : name;
    });
    const [parquet, csv] = [await file('parquet'), await csvCells()];
    const [inParquet, inCsv] = [`SELECT ${fromParquet.join()} FROM ${parquet}`, `SELECT ${fromCsv.join()} FROM ${csv}`];
    expect(await rows(`SELECT count(*)::INT AS rows FROM (${inCsv})`)).toEqual([{ rows: AWKWARD_CONNECTIONS.length }]);
    expect(await rows(`(${inParquet}) EXCEPT ALL (${inCsv})`)).toEqual([]);
    expect(await rows(`(${inCsv}) EXCEPT ALL (${inParquet})`)).toEqual([]);
  });
});

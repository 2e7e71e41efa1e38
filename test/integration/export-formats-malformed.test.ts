import { truncateSync } from 'node:fs';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { CONNECTION_FIELDS } from '../../lambda/export/formats/connection-fields.ts';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { ROWS_OF_A_GROUP } from '../../lambda/export/formats/parquet.ts';
import { PARQUET_SCHEMA, parquetValue } from '../../lambda/export/formats/parquet-columns.ts';
import { readExport } from '../../lambda/export/formats/readers.ts';
import { LONGEST_LINE } from '../../lambda/export/formats/record.ts';
import { ExportFolder } from '../support/exports/export-folder.ts';
import { written } from '../support/exports/export-sink.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

const folder = ofEachTest(
  () => new ExportFolder(),
  (made) => made[Symbol.dispose](),
);
const CONNECTIONS = [1, 2, 3].map((number) => connectionNumber(number, { username: 'a\nb' }));

async function text(format: 'csv' | 'ndjson' | 'ocsf'): Promise<string> {
  return (await written(format, CONNECTIONS)).toString();
}

describe.each(EXPORT_FORMATS)('a %s file', (format) => {
  it('that was cut short is refused', async () => {
    const bytes = await written(format, CONNECTIONS);
    for (const cut of [1, 2, 40]) {
      await expect(folder.read(format, bytes.subarray(0, -cut))).rejects.toMatchObject({ name: 'MalformedExport' });
    }
  });

  it('that is another one altogether is refused', async () => {
    await expect(folder.read(format, 'a,b\r\n1,2\r\n')).rejects.toMatchObject({ name: 'MalformedExport' });
  });

  it('that is not there is said to be missing', async () => {
    await expect(Array.fromAsync(readExport(format, '/nowhere/x'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a row without end', () => {
  const cell = 'x'.repeat(LONGEST_LINE + 1);
  it.each([
    ['a line', 'ndjson' as const, cell],
    ['a line that ends', 'ndjson' as const, `${cell}\n`],
    ['an event', 'ocsf' as const, cell],
    ['a row', 'csv' as const, cell],
    ['a quoted cell with ends of rows', 'csv' as const, `"${'x\r\n'.repeat(LONGEST_LINE / 2)}`],
    ['a row of empty cells', 'csv' as const, ','.repeat(LONGEST_LINE)],
  ])('%s of %s is not read to it, and is named', async (_, format, row) => {
    const bytes = `${await text(format)}${row}`;
    const where = format === 'csv' ? /^line \d+: longer than 1048576 bytes/ : /^line [47]: longer than 1048576 bytes/;
    await expect(folder.read(format, bytes)).rejects.toThrow(where);
  });

  it('in a file of as many zeros as there may be is not waited for', async () => {
    for (const format of ['csv', 'ndjson', 'ocsf'] as const) {
      const file = folder.file('sparse', '');
      truncateSync(file, 2 ** 40);
      await expect(Array.fromAsync(readExport(format, file))).rejects.toThrow(/^line 1: longer than/);
    }
  });
});

describe('a CSV file', () => {
  it.each([
    [
      'a column gone',
      (csv: string) => csv.replace('region,', ''),
      /^line 1: column 4 is "identity"; expected "region"/,
    ],
    ['a column more', (csv: string) => csv.replace(',former', ',former,x'), /^line 1: column 38 is "x"; expected none/],
    ['a cell gone', (csv: string) => csv.replace('eu-central-1,', ''), /^line 3: 36 cells; expected 37/],
    ['a quote too many', (csv: string) => csv.replace('eu-central-1,', '"eu,'), /^line \d+: no CSV as RFC 4180 has it/],
    ['no id', (csv: string) => csv.replace(/cvpn-connection-\w+/, ''), /^line 3: no connection_id/],
    ['no header', () => '', /^line 1: column 1 is missing; expected "connection_id"/],
  ])('with %s is refused by its line', async (_, change, message) => {
    await expect(folder.read('csv', change(await text('csv')))).rejects.toThrow(message);
  });

  it('may begin with a byte order mark, of which there is one', async () => {
    const [plain, marked] = [await text('csv'), `\uFEFF${await text('csv')}`];
    expect(await folder.read('csv', marked)).toEqual(await folder.read('csv', plain));
    await expect(folder.read('csv', `\uFEFF${marked}`)).rejects.toThrow(/^line 1: column 1 is "\uFEFFconnection_id"/);
  });

  it.each([
    ['a prefix that a text does not need', '"\'eu-central-1"'],
    ['a formula without its prefix', '=eu-central-1'],
  ])('with %s is refused by its line: spreadsheets would show another text than readers', async (_, cell) => {
    await expect(folder.read('csv', (await text('csv')).replace('eu-central-1', cell))).rejects.toThrow(
      /^line 3: region is not escaped as a text is/,
    );
  });

  it('keeps a prefix that was added to a number, since ours has none', async () => {
    const [record] = await folder.read('csv', (await text('csv')).replace(',1536,', ",'1536,"));
    expect(record?.fields.ingress_bytes_sent).toBe("'1536");
  });
});

describe('a file of JSON lines', () => {
  it.each([
    ['no JSON', 'x\n', /^line 4: no JSON in UTF-8/],
    ['an empty line', '\n', /^line 4: no JSON in UTF-8/],
    ['a list', '[]\n', /^line 4: no JSON object/],
    ['no id', '{"region":"x"}\n', /^line 4: connectionId is missing/],
    ['an id that is none', '{"connectionId":7}\n', /^line 4: connectionId is 7/],
    [
      'a line that is nested without end',
      `${'['.repeat(400_000)}${']'.repeat(400_000)}\n`,
      /^line 4: no JSON in UTF-8/,
    ],
    ['a line without its end', '{"connectionId":"x"}', /^line 4: ends without a line break: the file was cut short/],
  ])('with %s is refused by its line', async (_, line, message) => {
    await expect(folder.read('ndjson', (await text('ndjson')) + line)).rejects.toThrow(message);
  });

  it.each([
    ['a member twice, of which readers take the first or the last', '{"region":"eu-central-1",'],
    ['white space', '{ '],
  ])('with %s is refused by its line', async (_, changed) => {
    for (const format of ['ndjson', 'ocsf'] as const) {
      const lines = (await text(format)).replace('{', format === 'ocsf' ? changed.replace('region', 'time') : changed);
      await expect(folder.read(format, lines)).rejects.toThrow(/^line 1: not as this product writes it/);
    }
  });

  it('that is no UTF-8 is refused by its line', async () => {
    const bytes = Buffer.concat([await written('ndjson', CONNECTIONS), Buffer.from([0x22, 0xff, 0x22, 0x0a])]);
    await expect(folder.read('ndjson', bytes)).rejects.toThrow(/^line 4: no JSON in UTF-8/);
  });

  it('of OCSF with an activity that is none of ours is refused by its line', async () => {
    const changed = (await text('ocsf')).replace('"activity_id":2', '"activity_id":3');
    await expect(folder.read('ocsf', changed)).rejects.toThrow(
      'line 2: activity_id is 3; expected 1 (Open) or 2 (Close)',
    );
  });

  it('of OCSF cannot hide a value behind a name with a dot', async () => {
    const changed = (await text('ocsf')).replace('"time":', '"session.uid":"other","time":');
    const [record] = await folder.read('ocsf', changed);
    expect(record?.connectionId).toBe(CONNECTIONS[0]?.connectionId);
    expect(record?.fields).toHaveProperty(['"session.uid"'], 'other');
  });

  it('shows members that no connection has', async () => {
    const [record] = await folder.read('ndjson', (await text('ndjson')).replace('{', '{"more":1,'));
    expect(record?.fields.more).toBe(1);
  });
});

/** How the rows are written in another way. */
interface Encoded {
  readonly statistics?: boolean;
  readonly kvMetadata?: { readonly key: string; readonly value: string }[];
  readonly rowGroupSize?: number;
  readonly isLocal?: boolean;
}

describe('a Parquet file', () => {
  it('with other columns is refused by the first', async () => {
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const other = parquetWriteBuffer({ columnData: [{ name: 'connection_id', data: ['x'], type: 'STRING' }] });
    await expect(folder.read('parquet', new Uint8Array(other))).rejects.toThrow(/^the file: its schema has root/);
  });

  it('with a spoilt page is refused by its rows', async () => {
    const bytes = await written('parquet', CONNECTIONS);
    bytes.fill(0xff, 4, 40);
    await expect(folder.read('parquet', bytes)).rejects.toThrow(/^rows 1 to 3: cannot be read/);
  });

  it.each<[string, Encoded]>([
    ['without statistics', { statistics: false }],
    ['with metadata', { kvMetadata: [{ key: 'pandas', value: '{"index_columns":["region"]}' }] }],
    ['in other groups', { rowGroupSize: 2 }],
    ['with other types for other readers', { isLocal: true }],
  ])('%s is refused: another reader may find other rows', async (_, { rowGroupSize, isLocal, ...more }) => {
    const writer = new ByteWriter();
    const schema = PARQUET_SCHEMA.map(({ logical_type, ...one }) =>
      logical_type?.type === 'TIMESTAMP' && isLocal
        ? { ...one, logical_type: { ...logical_type, isAdjustedToUTC: false } }
        : { ...one, ...(logical_type ? { logical_type } : {}) },
    );
    const file = new ParquetWriter({ writer, schema, codec: 'SNAPPY', createdBy: 'client-vpn-audit', ...more });
    const columns = CONNECTION_FIELDS.map((field) => ({
      name: field.name,
      data: CONNECTIONS.map((connection) => parquetValue(field, connection)),
      ...(field.kind === 'flag' ? { encoding: 'PLAIN' as const } : {}),
    }));
    await file.write({ columnData: columns, rowGroupSize: rowGroupSize ?? ROWS_OF_A_GROUP });
    await file.finish();
    await expect(folder.read('parquet', new Uint8Array(writer.getBytes()))).rejects.toThrow(
      /^the file: not as this product writes these rows/,
    );
  });
});

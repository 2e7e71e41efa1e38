import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONNECTION_FIELDS } from '../../lambda/export/formats/connection-fields.ts';
import { CSV_COLUMNS, escapeFormula, unescapeFormula } from '../../lambda/export/formats/csv.ts';
import { memberOf } from '../../lambda/export/formats/records.ts';
import { createWriter } from '../../lambda/export/formats/writers.ts';
import { connection } from '../../lambda/query/schemas/connection.ts';
import { AWKWARD_NAMES } from '../support/exports/export-connections.ts';
import { writeAll, written } from '../support/exports/export-sink.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

/** What a spreadsheet may take for a formula, or for the beginning of one. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

describe('escaping formulas', () => {
  it('puts one prefix before what may be one, and leaves the rest as it is', () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM', '\t=1', '\r=1', '\n=1', '\uFF1D1', "'", "'=1"];
    expect(formulas.map(escapeFormula)).toEqual(formulas.map((text) => `'${text}`));
    const others = ['alice', 'a=1', '', ' =1', '123'];
    expect(others.map(escapeFormula)).toEqual(others);
  });

  it('can be undone, and leaves no formula', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...AWKWARD_NAMES)), (text) => {
        expect(unescapeFormula(escapeFormula(text))).toBe(text);
        expect(escapeFormula(text)).not.toMatch(FORMULA);
      }),
    );
  });
});

describe('a CSV export', () => {
  it('has a header row that names the zone, and CRLF after every row', async () => {
    const text = (await written('csv', [connectionNumber(1)])).toString();
    expect(text.split('\r\n')).toHaveLength(3);
    expect(text).toMatch(/^connection_id,endpoint_id,.*,established_at_utc,.*\r\ncvpn-connection-.*\r\n$/);
  });

  it('begins with one byte order mark where that is asked for, and is the same otherwise', async () => {
    const connections = [connectionNumber(1), connectionNumber(2)];
    const parts: Uint8Array[] = [];
    const writer = createWriter('csv', async (bytes) => void parts.push(bytes), true);
    await writeAll(writer, [connections]);
    expect(Buffer.concat(parts).toString()).toBe(`\uFEFF${(await written('csv', connections)).toString()}`);
  });

  it('has its header without any connection too', async () => {
    expect((await written('csv')).toString()).toBe(`${CSV_COLUMNS.join(',')}\r\n`);
    expect((await written('csv', [])).toString()).toBe(`${CSV_COLUMNS.join(',')}\r\n`);
  });

  it('quotes every kind of line break, as RFC 4180 asks', async () => {
    for (const name of ['a\nb', 'a\rb', 'a\r\nb', 'a,b']) {
      expect((await written('csv', [connectionNumber(1, { username: name })])).toString()).toContain(`,"${name}",`);
    }
  });

  it('cuts no cell, and prefixes no number', async () => {
    const long = connectionNumber(1, { username: 'x'.repeat(2048), ingressBytes: 10n ** 38n - 1n });
    const text = (await written('csv', [long])).toString();
    for (const cell of ['x'.repeat(2048), '9'.repeat(38)]) expect(text).toContain(`,${cell},`);
  });

  it('has a column for every member of a connection', () => {
    const members = CSV_COLUMNS.map((column) => memberOf('csv', column));
    expect(members).toEqual(expect.arrayContaining(Object.keys(connection.shape)));
    expect(CONNECTION_FIELDS.map(({ name }) => memberOf('parquet', name))).toEqual(members);
  });
});

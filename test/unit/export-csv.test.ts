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
  it.each(['=1+1', '+1', '-1', '@SUM', '\t=1', '\r=1', '\n=1', '\uFF1D1', "'", "'=1"])(
    'puts one prefix before %j',
    (text) => {
      expect(escapeFormula(text)).toBe(`'${text}`);
    },
  );

  it.each(['alice', 'a=1', '', ' =1', '123'])('leaves %j as it is', (text) => {
    expect(escapeFormula(text)).toBe(text);
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
    await writeAll(
      createWriter('csv', async (bytes) => void parts.push(bytes), true),
      [connections],
    );
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
    const name = 'x'.repeat(2048);
    const text = (
      await written('csv', [connectionNumber(1, { username: name, ingressBytes: 10n ** 38n - 1n })])
    ).toString();
    expect(text).toContain(`,${name},`);
    expect(text).toContain(`,${'9'.repeat(38)},`);
  });

  it('has a column for every member of a connection', () => {
    const members = CSV_COLUMNS.map((column) => memberOf('csv', column));
    expect(members).toEqual(expect.arrayContaining(Object.keys(connection.shape)));
    expect(CONNECTION_FIELDS.map(({ name }) => memberOf('parquet', name))).toEqual(members);
  });
});

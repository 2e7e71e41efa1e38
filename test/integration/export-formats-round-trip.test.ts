import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportFormat } from '../../lambda/export/formats/format.ts';
import { ROWS_OF_A_GROUP } from '../../lambda/export/formats/parquet.ts';
import type { ExportRecord } from '../../lambda/export/formats/record.ts';
import { memberOf, toRecords } from '../../lambda/export/formats/records.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { AWKWARD_CONNECTIONS, AWKWARD_NAMES, anyConnection } from '../support/exports/export-connections.ts';
import { ExportFolder } from '../support/exports/export-folder.ts';
import { written } from '../support/exports/export-sink.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

const folder = ofEachTest(
  () => new ExportFolder(),
  (made) => made[Symbol.dispose](),
);

async function roundTrip(format: ExportFormat, connections: readonly ConnectionAnswer[]): Promise<ExportRecord[]> {
  const records = await folder.read(format, await written(format, connections));
  return records.map(({ connectionId, activity, fields }) => ({ connectionId, fields, ...(activity && { activity }) }));
}

describe.each(EXPORT_FORMATS)('what is read from a %s export', (format) => {
  it('is what was written: every name, the largest counters, the emptiest connection', async () => {
    const expected = AWKWARD_CONNECTIONS.flatMap((connection) => toRecords(format, connection));
    expect(await roundTrip(format, AWKWARD_CONNECTIONS)).toEqual(expected);
  });

  it('is what was written, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyConnection, { maxLength: 8 }), async (connections) => {
        const expected = connections.flatMap((connection) => toRecords(format, connection));
        expect(await roundTrip(format, connections)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('has names to the letter', async () => {
    const records = await roundTrip(format, AWKWARD_CONNECTIONS);
    const names = records.flatMap(({ fields, activity }) => {
      if (activity === 'Close') return [];
      return Object.entries(fields).filter(([field]) => memberOf(format, field) === 'username');
    });
    expect(names.map(([, name]) => name).slice(0, AWKWARD_NAMES.length)).toEqual(AWKWARD_NAMES);
  });

  it('is nothing where nothing was written', async () => {
    expect(await roundTrip(format, [])).toEqual([]);
  });

  it('comes from members of the connection that the field names tell', () => {
    const [connection] = AWKWARD_CONNECTIONS;
    if (connection === undefined) throw new Error('There are awkward connections.');
    const members = new Set(
      toRecords(format, connection).flatMap(({ fields, activity }) =>
        Object.keys(fields).map((field) => memberOf(format, field, activity)),
      ),
    );
    expect(Object.keys(connection).filter((member) => !members.has(member as keyof ConnectionAnswer))).toEqual([]);
    expect(memberOf(format, 'no-such-field')).toBeUndefined();
  });
});

it('reads Parquet of several row groups, with the number of each row', async () => {
  const rows = Array.from({ length: ROWS_OF_A_GROUP + 3 }, (_, row) => connectionNumber(row));
  const records = await folder.read('parquet', await written('parquet', rows));
  expect(records.map(({ connectionId }) => connectionId)).toEqual(rows.map(({ connectionId }) => connectionId));
  expect(records.at(-1)?.where).toBe(`row ${rows.length}`);
});

import { truncateSync } from 'node:fs';
import { parquetMetadataAsync } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkGroup, openParquet } from '../../lambda/export/formats/bounded-parquet.ts';
import { ExportFolder } from '../support/exports/export-folder.ts';
import { written } from '../support/exports/export-sink.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

const folder = ofEachTest(
  () => new ExportFolder(),
  (made) => made[Symbol.dispose](),
);

let bytes: Buffer;
beforeAll(async () => {
  bytes = Buffer.from(
    await written(
      'parquet',
      [1, 2, 3].map((number) => connectionNumber(number)),
    ),
  );
});

async function opened() {
  const file = openParquet(folder.file('x.parquet', bytes));
  const [group] = (await parquetMetadataAsync(file)).row_groups;
  const [column] = group?.columns ?? [];
  if (!group || !column?.meta_data) throw new Error('the file has no row group');
  return { file, group, column: column.meta_data };
}

describe('a row group of Parquet', () => {
  it('that this product has written passes', async () => {
    const { file, group } = await opened();
    await expect(checkGroup(file, group)).resolves.toBeUndefined();
  });

  it.each([
    ['more rows than a group has', { num_rows: 2n ** 31n }, /^expected 0 to 20000 rows in a group, got 2147483648$/],
    ['less than no rows', { num_rows: -1n }, /rows in a group, got -1$/],
  ])('with %s is refused', async (_, changed, message) => {
    const { file, group } = await opened();
    await expect(checkGroup(file, { ...group, ...changed })).rejects.toThrow(message);
  });

  it.each([
    ['of more bytes than the file has', { total_compressed_size: 2n ** 40n }, /bytes of a column, got 1099511627776$/],
    ['that begins after the file', { dictionary_page_offset: 2n ** 40n }, /are not in the file$/],
    ['compressed otherwise', { codec: 'GZIP' as const }, /^connection_id is compressed with GZIP; expected SNAPPY$/],
  ])('with a column %s is refused', async (_, changed, message) => {
    const { file, group, column } = await opened();
    const columns = [{ file_offset: 0n, meta_data: { ...column, ...changed } }];
    await expect(checkGroup(file, { ...group, columns })).rejects.toThrow(message);
  });

  it('with a run of more values than its page has is refused, in the column and in the whole file', async () => {
    const { column } = await opened();
    const page = Number(column.data_page_offset);
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + page), offset: 0 };
    expect(parquetHeader(reader).data_page_header_v2?.num_values).toBe(3);
    const copy = Buffer.from(bytes);
    // The levels begin with a run, whose length is a varint.
    copy[page + reader.offset] = 60 << 1;
    await expect(folder.read('parquet', copy)).rejects.toMatchObject({
      name: 'MalformedExport',
      message: expect.stringContaining('expected 0 to 3 values of a run of connection_id, got 60'),
    });
  });
});

it('a file whose end says that it has more metadata than any is refused before it is read', () => {
  const file = folder.file('large.parquet', bytes);
  truncateSync(file, 2 ** 32);
  const copy = folder.file('end.parquet', Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0x7f]), Buffer.from('PAR1')]));
  expect(() => openParquet(copy)).toThrow('bytes of metadata, got 2147483647');
  expect(openParquet(file).byteLength).toBe(2 ** 32);
});

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type AsyncBuffer, type ColumnMetaData, type PageHeader, type RowGroup, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { ROWS_OF_A_GROUP } from './parquet.ts';

/** Values of a column in a row group: of a list many for a row. */
const MOST_VALUES = 100 * ROWS_OF_A_GROUP;
/** Bytes of a page, before compression: the writer begins another one at 1 MiB. */
const LARGEST_PAGE = 16 * 1024 ** 2;
/** Bytes that are read at once: a column of a row group; and of the description at the end, which takes 60 times as many in memory. */
const LARGEST_SLICE = 512 * 1024 ** 2;
const LARGEST_METADATA = 8 * 1024 ** 2;

/**
 * A Parquet file, whose bytes are given at once: the library leaves reads that fail after another one unhandled, which would end the
 * process.
 */
export function openParquet(path: string): AsyncBuffer {
  const byteLength = statSync(path).size;
  if (byteLength >= FOOTER_BYTES) {
    const footer = new DataView(readSlice(path, byteLength - FOOTER_BYTES, FOOTER_BYTES));
    expectUpTo(LARGEST_METADATA, footer.getUint32(0, true), 'bytes of metadata');
  }
  return {
    byteLength,
    slice: (start, end = byteLength) => {
      if (!(start >= 0 && start <= end && end <= byteLength && end - start <= LARGEST_SLICE))
        throw new RangeError(`bytes ${start} to ${end} are not in the file`);
      return readSlice(path, start, end - start);
    },
  };
}

/** The length of the metadata, and a mark. */
const FOOTER_BYTES = 8;

function readSlice(path: string, position: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < length; ) {
      const read = readSync(file, bytes, done, length - done, position + done);
      if (read === 0) throw new RangeError('the file was cut short while it was read');
      done += read;
    }
    return bytes.buffer;
  } finally {
    closeSync(file);
  }
}

/**
 * Checks that a row group takes no more memory than its rows can: the library believes every number in the headers of pages, and each run
 * of equal values, so that a few bytes could become thousands of millions of values. Only what the writer of this product makes passes.
 *
 * @throws RangeError
 */
export async function checkGroup(file: AsyncBuffer, { columns, num_rows }: RowGroup): Promise<void> {
  expectUpTo(ROWS_OF_A_GROUP, Number(num_rows), 'rows in a group');
  for (const { meta_data: column, file_path } of columns) {
    if (!column || file_path !== undefined) throw new RangeError('a column is not in the file');
    const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
    const length = expectUpTo(file.byteLength, Number(column.total_compressed_size), 'bytes of a column');
    checkColumn(column, new DataView(await file.slice(start, start + length)));
  }
}

function checkColumn(column: ColumnMetaData, view: DataView): void {
  const name = column.path_in_schema.join('.');
  if (column.codec !== 'SNAPPY') throw new RangeError(`${name} is compressed with ${column.codec}; expected SNAPPY`);
  const reader = { view, offset: 0 };
  let values = 0;
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const left = view.byteLength - reader.offset;
    const bytes = expectUpTo(left, header.compressed_page_size, `bytes of a page of ${name}`);
    expectUpTo(LARGEST_PAGE, header.uncompressed_page_size, `unpacked bytes of a page of ${name}`);
    const page = new Uint8Array(view.buffer, view.byteOffset + reader.offset, bytes);
    values += checkPage(name, column.path_in_schema.length > 1, header, page);
    expectUpTo(MOST_VALUES, values, `values of ${name}`);
    reader.offset += bytes;
  }
}

/** @returns how many values it says that it has */
function checkPage(name: string, isList: boolean, header: PageHeader, page: Uint8Array): number {
  const { dictionary_page_header: dictionary, data_page_header_v2: data } = header;
  if (header.type === 'DICTIONARY_PAGE' && dictionary) {
    return expectUpTo(MOST_VALUES, dictionary.num_values, `values of the dictionary of ${name}`);
  }
  if (header.type !== 'DATA_PAGE_V2' || !data) throw new RangeError(`${name} has a page of the type ${header.type}`);
  const count = expectUpTo(MOST_VALUES, data.num_values, `values of a page of ${name}`);
  const nulls = expectUpTo(count, data.num_nulls, `null values of a page of ${name}`);
  const repetition = expectUpTo(page.length, data.repetition_levels_byte_length, `bytes of levels of ${name}`);
  const levels = expectUpTo(page.length, repetition + data.definition_levels_byte_length, `bytes of levels of ${name}`);
  if (isList) checkRuns(name, page.subarray(0, repetition), 1, count);
  checkRuns(name, page.subarray(repetition, levels), isList ? 2 : 1, count);
  if (data.encoding === 'PLAIN') return count;
  if (data.encoding !== 'RLE_DICTIONARY') throw new RangeError(`${name} has values encoded as ${data.encoding}`);
  const packed = page.subarray(levels);
  const unpacked = data.is_compressed === false ? packed : new Uint8Array(header.uncompressed_page_size - levels);
  if (data.is_compressed !== false) snappyUncompress(packed, unpacked);
  checkRuns(name, unpacked.subarray(1), unpacked[0] ?? 0, count - nulls);
  return count;
}

/** The runs of a section must not say that they have more values than it has (Parquet, "RLE/bit-packing hybrid"). */
function checkRuns(name: string, section: Uint8Array, width: number, count: number): void {
  const reader = { view: new DataView(section.buffer, section.byteOffset, section.length), offset: 0 };
  for (let seen = 0; seen < count; ) {
    const header = readVarInt(reader) >>> 0;
    if (header & 1) {
      seen += (header >>> 1) * 8;
      reader.offset += (header >>> 1) * width;
    } else {
      seen = expectUpTo(count, seen + (header >>> 1), `values of a run of ${name}`);
      reader.offset += Math.ceil(width / 8);
    }
  }
}

function expectUpTo(most: number, given: number, what: string): number {
  if (given >= 0 && given <= most) return given;
  throw new RangeError(`expected 0 to ${most} ${what}, got ${given}`);
}

import type { AsyncBuffer, FileMetaData, ParquetParsers, RowGroup, SchemaElement } from 'hyparquet';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { toMilliseconds } from '../../trail/time.ts';
import { checkGroup, openParquet } from './bounded-parquet.ts';
import { CONNECTION_FIELDS } from './connection-fields.ts';
import { createParquetRows } from './parquet.ts';
import { PARQUET_SCHEMA } from './parquet-columns.ts';
import { MalformedExport, type ReadRecord } from './record.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** hyparquet's own parsers remove a byte order mark from a text, and create dates. */
const PARSERS: Partial<ParquetParsers> = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
  timestampFromMilliseconds: (milliseconds: bigint) => toText(new Date(Number(milliseconds))),
};

/**
 * Reads a Parquet export, row group by row group, and writes it again beside that. Its bytes follow from its rows: other ones may
 * hold statistics, indexes or types by which another reader finds other rows.
 */
export async function* readParquet(file: string): AsyncIterable<ReadRecord> {
  const { buffer, metadata } = await open(file);
  const [compared, again] = compareWith(buffer);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await readGroup(buffer, metadata, group, rowStart);
    for (const [index, row] of rows.entries()) yield toRecord(row, `row ${rowStart + index + 1}`);
    await again.write(rows.map(valuesOf)).catch(asOther);
    rowStart = rowEnd;
  }
  await again.end().catch(asOther);
  if (compared.bytes !== buffer.byteLength || !compared.isSame) asOther();
}

/** What is written is compared with the bytes of the file. */
function compareWith(file: AsyncBuffer) {
  const compared = { bytes: 0, isSame: true };
  const rows = createParquetRows(async (bytes) => {
    const there = await file.slice(compared.bytes, Math.min(compared.bytes + bytes.length, file.byteLength));
    compared.isSame &&= Buffer.from(there).equals(bytes);
    compared.bytes += bytes.length;
  });
  return [compared, rows] as const;
}

function valuesOf(row: ParquetRow): unknown[] {
  return CONNECTION_FIELDS.map(({ name, kind }) => {
    const value = row[name] ?? undefined;
    if (value === undefined) return undefined;
    if (kind === 'counter') return fromDecimal(value as Uint8Array);
    return kind === 'time' ? BigInt(toMilliseconds(value as string)) : value;
  });
}

function asOther(cause?: unknown): never {
  const what =
    'not as this product writes these rows: by its statistics, indexes or types another reader may find others';
  throw new MalformedExport('the file', what, { cause });
}

type ParquetRow = Readonly<Record<string, unknown>>;

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  group: RowGroup,
  rowStart: number,
): Promise<ParquetRow[]> {
  const rowEnd = rowStart + Number(group.num_rows);
  try {
    await checkGroup(file, group);
    return await parquetReadObjects({ file, metadata, rowStart, rowEnd, parsers: PARSERS });
  } catch (cause) {
    throw new MalformedExport(`rows ${rowStart + 1} to ${rowEnd}`, `cannot be read: ${String(cause)}`, { cause });
  }
}

async function open(path: string): Promise<{ buffer: AsyncBuffer; metadata: FileMetaData }> {
  let buffer: AsyncBuffer;
  let metadata: FileMetaData;
  try {
    buffer = openParquet(path);
    metadata = await parquetMetadataAsync(buffer, { parsers: PARSERS });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw cause;
    throw new MalformedExport('the file', `no Parquet, or cut short: ${String(cause)}`, { cause });
  }
  checkSchema(metadata.schema);
  return { buffer, metadata: { ...metadata, schema: metadata.schema.map(withoutDecimal) } };
}

/** hyparquet converts decimals to JavaScript numbers, which loses digits; without the type it returns their bytes. */
function withoutDecimal({ logical_type, ...element }: SchemaElement): SchemaElement {
  if (element.converted_type !== 'DECIMAL') return logical_type ? { ...element, logical_type } : element;
  const { converted_type: _, ...bytes } = element;
  return bytes;
}

function checkSchema(schema: readonly SchemaElement[]): void {
  for (let index = 0; index < Math.max(schema.length, PARQUET_SCHEMA.length); index += 1) {
    const [found, expected] = [describeType(schema[index]), describeType(PARQUET_SCHEMA[index])];
    if (found === expected) continue;
    throw new MalformedExport('the file', `its schema has ${found} as element ${index + 1}; expected ${expected}`);
  }
}

function describeType(element: SchemaElement | undefined): string {
  if (element === undefined) return 'nothing';
  const { name, type, type_length, converted_type, precision, scale } = element;
  return [name, type, type_length, converted_type, precision, scale].filter((part) => part !== undefined).join(' ');
}

function toRecord(row: ParquetRow, where: string): ReadRecord {
  const connectionId = row.connection_id;
  if (typeof connectionId !== 'string') throw new MalformedExport(where, 'no connection_id; expected one in every row');
  const fields = CONNECTION_FIELDS.flatMap(({ name, kind }): [string, unknown][] => {
    const value = row[name];
    return value === undefined || value === null
      ? []
      : [[name, kind === 'counter' ? fromDecimal(value as Uint8Array) : value]];
  });
  return { connectionId, fields: Object.fromEntries(fields), where };
}

/** An integer in a decimal column: two's complement, big-endian. */
function fromDecimal(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

/** An instant to the second, as in connections; finer values (none of ours) are not truncated. */
function toText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

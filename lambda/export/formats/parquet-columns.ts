import type { SchemaElement } from 'hyparquet';
import { toJson } from '../../query/json.ts';
import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import { toMilliseconds } from '../../trail/time.ts';
import { CONNECTION_FIELDS, type ConnectionField, type FieldKind } from './connection-fields.ts';

const TEXT: Omit<SchemaElement, 'name'> = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
};

/** AWS's counters are strings of up to 38 digits (`row.ts`), which exactly fit a decimal of 16 bytes. */
const COUNTER_DIGITS = 38;

const TYPES: Readonly<Record<Exclude<FieldKind, 'texts'>, Omit<SchemaElement, 'name'>>> = {
  text: TEXT,
  elements: TEXT,
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  flag: { type: 'BOOLEAN' },
  integer: { type: 'INT64' },
  counter: {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: COUNTER_DIGITS,
    scale: 0,
    logical_type: { type: 'DECIMAL', precision: COUNTER_DIGITS, scale: 0 },
  },
};

/** The file's schema: every column may be null, lists are lists of strings. */
export const PARQUET_SCHEMA: readonly SchemaElement[] = [
  { name: 'connections', num_children: CONNECTION_FIELDS.length },
  ...CONNECTION_FIELDS.flatMap(schemaOf),
];

function schemaOf({ name, kind }: ConnectionField): SchemaElement[] {
  if (kind !== 'texts') return [{ name, repetition_type: 'OPTIONAL', ...TYPES[kind] }];
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...TEXT },
  ];
}

/** A field's value in the column's type; undefined is null. */
export function parquetValue({ kind, value }: ConnectionField, connection: ConnectionAnswer): unknown {
  const said = value(connection);
  if (said === undefined) return undefined;
  if (kind === 'time') return BigInt(toMilliseconds(said as string));
  if (kind === 'integer' || kind === 'counter') return BigInt(said as number | bigint);
  return kind === 'elements' ? toJson(said) : said;
}

import { fromJson, toJson } from '../../query/json.ts';
import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import { CONNECTION_FIELDS } from './connection-fields.ts';
import { csvColumn, csvText } from './csv.ts';
import type { ExportFormat } from './format.ts';
import { attributesOf, tunnelEvents } from './ocsf.ts';
import { OCSF_ATTRIBUTES } from './ocsf-attributes.ts';
import type { Activity, ExportRecord } from './record.ts';

/** The expected records of a connection in a file of the format, as from `readExport`. */
export function toRecords(format: ExportFormat, connection: ConnectionAnswer): ExportRecord[] {
  const { connectionId } = connection;
  if (format === 'csv') return [{ connectionId, fields: csvFields(connection) }];
  if (format === 'parquet') return [{ connectionId, fields: parquetFields(connection) }];
  if (format === 'ndjson') return [{ connectionId, fields: asRead(connection) as ExportRecord['fields'] }];
  return tunnelEvents(connection).map((event) => ({
    connectionId,
    activity: event.activity,
    fields: Object.fromEntries(attributesOf(event).map(([path, value]) => [path, asRead(value)])),
  }));
}

/**
 * The member of a connection that a field of the format comes from. Undefined if there is none, because the field is the
 * same in every file, or does not exist.
 *
 * @param activity for OCSF, whose events take some fields from different members; by default Open
 */
export function memberOf(
  format: ExportFormat,
  field: string,
  activity: Activity = 'Open',
): keyof ConnectionAnswer | undefined {
  if (format === 'ndjson') return CONNECTION_FIELDS.find(({ member }) => member === field)?.member;
  if (format === 'parquet') return CONNECTION_FIELDS.find(({ name }) => name === field)?.member;
  if (format === 'csv') return CONNECTION_FIELDS.find((column) => csvColumn(column) === field)?.member;
  const member = OCSF_ATTRIBUTES.find(({ path }) => path === field)?.member;
  return typeof member === 'object' ? member[activity] : member;
}

function csvFields(connection: ConnectionAnswer): ExportRecord['fields'] {
  const cells = CONNECTION_FIELDS.map((field) => [csvColumn(field), csvText(field, connection)] as const);
  return Object.fromEntries(cells.filter(([, text]) => text !== ''));
}

function parquetFields(connection: ConnectionAnswer): ExportRecord['fields'] {
  return Object.fromEntries(
    CONNECTION_FIELDS.flatMap((field) => {
      const value = field.value(connection);
      if (value === undefined) return [];
      const isNumber = field.kind === 'integer' || field.kind === 'counter';
      if (isNumber) return [[field.name, BigInt(value as number | bigint)]];
      return [[field.name, field.kind === 'elements' ? toJson(value) : value]];
    }),
  );
}

function asRead(value: unknown): unknown {
  return fromJson(toJson(value));
}

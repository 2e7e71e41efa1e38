import type { ExportFormat } from './format.ts';
import { readCsv } from './read-csv.ts';
import { readNdjson, readOcsf } from './read-lines.ts';
import { readParquet } from './read-parquet.ts';
import type { ReadRecord } from './record.ts';

const READERS: Readonly<Record<ExportFormat, (file: string) => AsyncIterable<ReadRecord>>> = {
  csv: readCsv,
  ndjson: readNdjson,
  ocsf: readOcsf,
  parquet: readParquet,
};

/**
 * Reads an export from its beginning and buffers at most a row group.
 *
 * @param file a path
 * @throws MalformedExport if the file is not in the format that this product writes; and errors of the file system
 */
export function readExport(format: ExportFormat, file: string): AsyncIterable<ReadRecord> {
  return READERS[format](file);
}

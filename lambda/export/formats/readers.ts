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
 * Reads an export from its beginning, holding no more than a row group of it.
 *
 * @param file a path
 * @throws MalformedExport where the file is not what this product writes in the format; and as the file system does
 */
export function readExport(format: ExportFormat, file: string): AsyncIterable<ReadRecord> {
  return READERS[format](file);
}

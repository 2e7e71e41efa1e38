import { createCsvWriter } from './csv.ts';
import type { CreateWriter, ExportFormat, ExportWriter, Sink } from './format.ts';
import { createNdjsonWriter } from './ndjson.ts';
import { createOcsfWriter } from './ocsf.ts';
import { createParquetWriter } from './parquet.ts';

const WRITERS: Readonly<Record<ExportFormat, CreateWriter>> = {
  csv: createCsvWriter,
  ndjson: createNdjsonWriter,
  parquet: createParquetWriter,
  ocsf: createOcsfWriter,
};

/** Begins a file of the format. */
export function createWriter(format: ExportFormat, sink: Sink): ExportWriter {
  return WRITERS[format](sink);
}

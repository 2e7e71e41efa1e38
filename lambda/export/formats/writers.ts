import { createCsvWriter } from './csv.ts';
import type { CreateWriter, ExportFormat, ExportWriter } from './format.ts';
import { createNdjsonWriter } from './line-writer.ts';
import { createOcsfWriter } from './ocsf.ts';
import { createParquetWriter } from './parquet.ts';

const WRITERS: Readonly<Record<ExportFormat, CreateWriter>> = {
  csv: createCsvWriter,
  ndjson: createNdjsonWriter,
  parquet: createParquetWriter,
  ocsf: createOcsfWriter,
};

/** Begins a file of the format. */
export function createWriter(format: ExportFormat, ...given: Parameters<CreateWriter>): ExportWriter {
  return WRITERS[format](...given);
}

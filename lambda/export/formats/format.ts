import type { ConnectionAnswer } from '../../query/schemas/connection.ts';

/** The formats of an export. */
export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet', 'ocsf'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Receives bytes; resolves when there is room for more. The sink owns the bytes. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes connections in order and buffers only a fixed number of them. The same connections in the same order
 * give the same bytes, for any division into batches. Each call waits for the one before it.
 */
export interface ExportWriter {
  write(connections: readonly ConnectionAnswer[]): Promise<void>;
  /** Writes the buffered rest; without it a file is incomplete. */
  end(): Promise<void>;
}

/** Begins a file; `bom`: a CSV file with a byte order mark, without which Excel does not take it for UTF-8. */
export type CreateWriter = (sink: Sink, bom?: boolean) => ExportWriter;

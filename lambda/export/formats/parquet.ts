import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ConnectionAnswer } from '../../query/schemas/connection.ts';
import { CONNECTION_FIELDS } from './connection-fields.ts';
import type { ExportWriter, Sink } from './format.ts';
import { PARQUET_SCHEMA, parquetValue } from './parquet-columns.ts';

/** At most a row group is buffered. It counts rows, not batches, so that the bytes are always the same. */
export const ROWS_OF_A_GROUP = 20_000;

/** Typed columns, compressed with Snappy, in row groups of {@link ROWS_OF_A_GROUP}. */
export function createParquetWriter(sink: Sink): ExportWriter {
  const rows = createParquetRows(sink);
  const valuesOf = (connection: ConnectionAnswer) => CONNECTION_FIELDS.map((field) => parquetValue(field, connection));
  return { write: (connections) => rows.write(connections.map(valuesOf)), end: rows.end };
}

/** Writes rows of the columns' values, in the order of {@link CONNECTION_FIELDS}: their bytes follow from these alone. */
export function createParquetRows(sink: Sink): {
  readonly write: (rows: readonly (readonly unknown[])[]) => Promise<void>;
  readonly end: () => Promise<void>;
} {
  const bytes = new SinkWriter(sink);
  const file = new ParquetWriter({
    writer: bytes,
    schema: [...PARQUET_SCHEMA],
    codec: 'SNAPPY',
    createdBy: 'client-vpn-audit',
  });
  let held: (readonly unknown[])[] = [];
  const writeGroup = async () => {
    const group = held;
    held = [];
    const columnData = CONNECTION_FIELDS.map((field, column) => ({
      name: field.name,
      data: group.map((values) => values[column]),
      // The writer's default for flags is RLE, which fastparquet cannot read (seen with 2026.9.0).
      ...(field.kind === 'flag' ? { encoding: 'PLAIN' as const } : {}),
    }));
    await file.write({ columnData, rowGroupSize: ROWS_OF_A_GROUP });
  };
  return {
    write: async (rows) => {
      for (const values of rows) {
        held.push(values);
        if (held.length === ROWS_OF_A_GROUP) await writeGroup();
      }
    },
    end: async () => {
      await writeGroup();
      await file.finish();
      await bytes.flush();
    },
  };
}

/** Passes its bytes on after each row group: {@link ParquetWriter} calls `flush` then, and waits for it. */
class SinkWriter extends ByteWriter {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    super();
    this.#sink = sink;
  }

  async flush(): Promise<void> {
    const bytes = this.getBytes();
    // A new buffer: the sink keeps the bytes.
    this.buffer = new ArrayBuffer(1024);
    this.view = new DataView(this.buffer);
    this.index = 0;
    await this.#sink(bytes);
  }
}

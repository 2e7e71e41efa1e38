import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import { readNdjson } from '../../lambda/export/formats/read-lines.ts';
import { createWriter } from '../../lambda/export/formats/writers.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { ApiFailure, Interrupted } from '../api/api-failure.ts';
import { OWNER_ONLY } from './export-paths.ts';

/** A file that was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bom?: true;
}

/** The read size for the spool. */
const ROWS_AT_ONCE = 1000;

/** The rows of a spool, in batches. */
export async function* readSpool(spool: string): AsyncGenerator<readonly ConnectionAnswer[]> {
  let batch: ConnectionAnswer[] = [];
  for await (const { fields } of readNdjson(spool)) {
    // Written from answers that passed the schema.
    batch.push(fields as unknown as ConnectionAnswer);
    if (batch.length === ROWS_AT_ONCE) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** How a file is written. */
interface Writing {
  readonly format: ExportFormat;
  /** Whether it begins with a byte order mark. */
  readonly bom: boolean;
  readonly spool: string;
  /** The expected number of rows. */
  readonly rows: number;
  readonly to: string;
  readonly signal: AbortSignal;
  /** Called with the number of written rows. */
  readonly onRows: (rows: number) => void;
}

/** Writes the spool's rows in a format. The same rows give the same bytes. */
export async function writeFormat({ format, bom, spool, rows, to, signal, onRows }: Writing): Promise<WrittenFile> {
  const handle = await open(to, 'w', OWNER_ONLY);
  const hash = createHash('sha256');
  let [bytes, written] = [0, 0];
  try {
    const writer = createWriter(
      format,
      async (piece) => {
        hash.update(piece);
        bytes += piece.length;
        await handle.appendFile(piece);
      },
      bom,
    );
    for await (const batch of readSpool(spool)) {
      if (signal.aborted) throw new Interrupted('');
      await writer.write(batch);
      written += batch.length;
      onRows(written);
    }
    await writer.end();
    await handle.datasync();
  } finally {
    await handle.close();
  }
  if (written !== rows) {
    throw new ApiFailure(`${spool} has ${written} rows, not ${rows}. Begin anew with --restart.`);
  }
  return { bytes, sha256: hash.digest('hex'), ...(bom ? { bom } : {}) };
}

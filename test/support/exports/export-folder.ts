import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportFormat } from '../../../lambda/export/formats/format.ts';
import { readExport } from '../../../lambda/export/formats/readers.ts';
import type { ReadRecord } from '../../../lambda/export/formats/record.ts';

/** A folder for the files of a test. */
export class ExportFolder implements Disposable {
  readonly #path = mkdtempSync(join(tmpdir(), 'export-'));

  /** Writes a file, and answers its path. */
  file(name: string, bytes: Uint8Array | string): string {
    const path = join(this.#path, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** All records of a file with these bytes. */
  async read(format: ExportFormat, bytes: Uint8Array | string): Promise<ReadRecord[]> {
    return Array.fromAsync(readExport(format, this.file(`read.${format}`, bytes)));
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true });
  }
}

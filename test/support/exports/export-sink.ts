import type { ExportFormat, ExportWriter } from '../../../lambda/export/formats/format.ts';
import { createWriter } from '../../../lambda/export/formats/writers.ts';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';

/** What a writer made of the batches. */
export async function written(
  format: ExportFormat,
  ...batches: readonly (readonly ConnectionAnswer[])[]
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const writer = createWriter(format, async (bytes) => void parts.push(bytes));
  await writeAll(writer, batches);
  return Buffer.concat(parts);
}

/** Writes the batches, and the end. */
export async function writeAll(writer: ExportWriter, batches: Iterable<readonly ConnectionAnswer[]>): Promise<void> {
  for (const batch of batches) await writer.write(batch);
  await writer.end();
}

/** Everything in batches of one size. */
export function inRowBatches<Value>(values: readonly Value[], size: number): Value[][] {
  const starts = Array.from({ length: Math.ceil(values.length / size) }, (_, batch) => batch * size);
  return starts.map((start) => values.slice(start, start + size));
}

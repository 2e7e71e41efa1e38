import { describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { ROWS_OF_A_GROUP } from '../../lambda/export/formats/parquet.ts';
import { createWriter } from '../../lambda/export/formats/writers.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { AWKWARD_CONNECTIONS } from '../support/exports/export-connections.ts';
import { inRowBatches, writeAll, written } from '../support/exports/export-sink.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

function connections(count: number): ConnectionAnswer[] {
  return Array.from({ length: count }, (_, row) => connectionNumber(row));
}

describe.each(EXPORT_FORMATS)('a %s writer', (format) => {
  /** More than the writer holds. */
  const many = format === 'parquet' ? ROWS_OF_A_GROUP + 2500 : 2500;

  it('makes the same bytes of the same connections, however they come in batches', async () => {
    const all = [...AWKWARD_CONNECTIONS, ...connections(many)];
    const whole = await written(format, all);
    expect((await written(format, ...inRowBatches(all, 777))).equals(whole)).toBe(true);
    expect((await written(format, [], ...inRowBatches(all, 1999), [])).equals(whole)).toBe(true);
  });

  it('waits for the sink', async () => {
    const calls: string[] = [];
    const writer = createWriter(format, async () => {
      calls.push('begun');
      await new Promise((resolve) => setImmediate(resolve));
      calls.push('done');
    });
    await writeAll(writer, [connections(many)]);
    expect(calls.length).toBeGreaterThan(2);
    expect(calls).toEqual(calls.map((_, index) => (index % 2 === 0 ? 'begun' : 'done')));
  });

  it('fails with the sink', async () => {
    const writer = createWriter(format, () => Promise.reject(new Error('no space left')));
    await expect(writeAll(writer, [connections(1)])).rejects.toThrow('no space left');
  });

  it('leaves what it handed on untouched', async () => {
    const parts: { given: Uint8Array; copy: Buffer }[] = [];
    const writer = createWriter(format, async (given) => void parts.push({ given, copy: Buffer.from(given) }));
    await writeAll(writer, [connections(many)]);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.every(({ given, copy }) => copy.equals(given))).toBe(true);
  });

  it('holds no more with many rows than with few: it hands them on along the way, in parts of one size', async () => {
    const batch = connections(5000);
    const batches = format === 'parquet' ? 20 : 4;
    const sizes: number[] = [];
    const handedOn: number[] = [];
    const writer = createWriter(format, async (bytes) => void sizes.push(bytes.length));
    for (let written = 0; written < batches; written += 1) {
      await writer.write(batch);
      handedOn.push(sizes.length);
    }
    const perBatch = format === 'parquet' ? batch.length / ROWS_OF_A_GROUP : 5;
    expect(handedOn).toEqual(handedOn.map((_, index) => Math.floor((index + 1) * perBatch)));
    await writer.end();
    const [first = 0, ...others] = sizes;
    expect(Math.max(...others)).toBeLessThan(first * 1.1);
  });
});

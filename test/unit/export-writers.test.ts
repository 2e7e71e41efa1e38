import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { ROWS_OF_A_GROUP } from '../../lambda/export/formats/parquet.ts';
import { createWriter } from '../../lambda/export/formats/writers.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { AWKWARD_CONNECTIONS } from '../support/exports/export-connections.ts';
import { inRowBatches, writeAll } from '../support/exports/export-sink.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

describe.each(EXPORT_FORMATS)('a %s writer', (format) => {
  /** How many rows it hands on at a time. */
  const rowsOfAPart = format === 'parquet' ? ROWS_OF_A_GROUP : 1000;

  /** What the sink got, with its calls and how many of them there were after each batch. */
  async function write(batches: readonly (readonly ConnectionAnswer[])[]) {
    const [calls, handedOn]: [string[], number[]] = [[], []];
    const parts: { given: Uint8Array; copy: Buffer }[] = [];
    const writer = createWriter(format, async (given) => {
      calls.push('begun');
      parts.push({ given, copy: Buffer.from(given) });
      await new Promise((resolve) => setImmediate(resolve));
      calls.push('done');
    });
    const counted = {
      write: (batch: readonly ConnectionAnswer[]) => writer.write(batch).then(() => void handedOn.push(parts.length)),
      end: () => writer.end(),
    };
    await writeAll(counted, batches);
    return { calls, handedOn, parts };
  }

  it('makes the same bytes of the same connections however they come in batches, and hands them on along the way', async () => {
    const many = Array.from({ length: 2 * rowsOfAPart + 100 }, (_, row) => connectionNumber(row));
    const all = [...many, ...AWKWARD_CONNECTIONS];
    const whole = await write([all]);
    const batches = [[], ...inRowBatches(all, 777), []];
    const cut = await write(batches);
    const [expected, bytes] = [whole, cut].map(({ parts }) => Buffer.concat(parts.map(({ given }) => given)));
    expect(expected?.equals(bytes ?? Buffer.alloc(0))).toBe(true);
    // It holds no more with many rows than with few: groups of Parquet, of the others what came, 1000 rows at a time.
    const lengths = batches.map(({ length }) => length);
    const through = (index: number) => lengths.slice(0, index + 1);
    const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
    expect(cut.handedOn).toEqual(
      lengths.map((_, index) =>
        format === 'parquet'
          ? Math.floor(sum(through(index)) / rowsOfAPart)
          : sum(through(index).map((rows) => Math.ceil(rows / rowsOfAPart))),
      ),
    );
    const [first = 0, ...others] = whole.parts.map(({ given }) => given.length);
    expect(others.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...others)).toBeLessThan(first * 1.1);
    // What it handed on it leaves untouched, and it waits for the sink.
    expect(cut.parts.every(({ given, copy }) => copy.equals(given))).toBe(true);
    expect(cut.calls).toEqual(cut.parts.flatMap(() => ['begun', 'done']));
  });

  it('fails with the sink', async () => {
    const writer = createWriter(format, () => Promise.reject(new Error('no space left')));
    await expect(writeAll(writer, [[connectionNumber(0)]])).rejects.toThrow('no space left');
  });
});

describe('a Parquet writer', () => {
  // `verify` writes a Parquet export again, and expects its bytes: what changes them, such as another version of a library, is another
  // format, and needs a way to verify the exports of before.
  it('makes the bytes that it has always made', async () => {
    const hash = createHash('sha256');
    const writer = createWriter('parquet', (bytes) => Promise.resolve(void hash.update(bytes)));
    await writeAll(writer, [AWKWARD_CONNECTIONS]);
    expect(hash.digest('hex')).toBe('07f92d0af50eec2b3b171ff0c03cdf9be0965bd3f4e0db52c88b2972af100dbc');
  });
});

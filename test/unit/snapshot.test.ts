import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gapBetween, provesUnlisted } from '../../lambda/trail/coverage.ts';
import { gapReasons } from '../../lambda/trail/gap-reasons.ts';
import { LARGEST_CHUNK_BYTES, packChunks, sortRows, unpackChunk } from '../../lambda/trail/snapshot.ts';

const rowsOf = (count: number, fill: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => {
    const id = `cvpn-connection-${String(index).padStart(6, '0')}`;
    return { id, line: JSON.stringify({ connectionId: id, commonName: fill(index) }) };
  });

describe('chunks', () => {
  it('hold all rows in the order of their ids, whatever order they came in', async () => {
    const rows = rowsOf(7000, (index) => `user ${index}`);
    const chunks = await Array.fromAsync(packChunks(sortRows(rows.toReversed())));
    const lines = await Promise.all(chunks.map((chunk) => unpackChunk(chunk, chunk.bytes)));
    expect(lines.flat()).toEqual(rows.map(({ line }) => line));
    expect(chunks.map(({ rows, first }) => [rows, first])).toEqual([
      [6000, 'cvpn-connection-000000'],
      [1000, 'cvpn-connection-006000'],
    ]);
  });

  it('are gzip of lines, as gunzip and jq open them', async () => {
    const [chunk] = await Array.fromAsync(packChunks(rowsOf(2, () => 'x')));
    expect(gunzipSync(chunk?.bytes ?? '').toString()).toBe(
      '{"connectionId":"cvpn-connection-000000","commonName":"x"}\n{"connectionId":"cvpn-connection-000001","commonName":"x"}\n',
    );
  });

  it('stay under their bound where rows do not compress', async () => {
    const chunks = await Array.fromAsync(packChunks(rowsOf(3000, () => randomBytes(300).toString('base64'))));
    expect(chunks.length).toBeGreaterThan(1);
    for (const { bytes } of chunks) expect(bytes.length).toBeLessThan(LARGEST_CHUNK_BYTES);
    expect(chunks.reduce((total, { rows }) => total + rows, 0)).toBe(3000);
  });

  it('refuse a row that no item can hold', async () => {
    const huge = packChunks(rowsOf(1, () => randomBytes(600_000).toString('base64')));
    await expect(huge.next()).rejects.toThrow('one row is larger than a chunk may be');
  });

  it('that hold other bytes than their hash says are refused', async () => {
    const [one, two] = [
      await Array.fromAsync(packChunks(rowsOf(1, () => 'a'))),
      await Array.fromAsync(packChunks(rowsOf(1, () => 'b'))),
    ];
    if (!one[0] || !two[0]) throw new Error('no chunks');
    await expect(unpackChunk(one[0], two[0].bytes)).rejects.toThrow('holds other bytes');
  });
});

describe('the coverage rule', () => {
  it('has no gap where a connection could not hide between two snapshots', () => {
    expect(gapBetween('2026-11-20T08:00:00Z', '2026-11-20T08:56:00Z', 120)).toBeUndefined();
  });

  it('has a gap of what is left for it to hide in', () => {
    expect(gapBetween('2026-11-20T08:00:00Z', '2026-11-20T08:56:01Z', 120)).toEqual({
      start: '2026-11-20T07:58:00Z',
      end: '2026-11-20T07:58:01Z',
    });
  });

  it('believes an absence after 60 minutes and epsilon', () => {
    expect(provesUnlisted('2026-11-20T08:00:00Z', '2026-11-20T09:01:59Z', 120)).toBe(false);
    expect(provesUnlisted('2026-11-20T08:00:00Z', '2026-11-20T09:02:00Z', 120)).toBe(true);
  });
});

describe('the reasons of a gap', () => {
  const from = '2026-11-20T08:00:00Z';
  const note = (at: string, reason: 'throttled' | 'superseded') => ({ at, reason, message: '' });

  it('are "no-run" where nobody tried', () => {
    expect(gapReasons([], from, '2026-11-20T10:00:00Z', 5, undefined)).toEqual(['no-run']);
  });

  it('are the failures alone where somebody tried every time', () => {
    const notes = Array.from({ length: 11 }, (_, index) =>
      note(`2026-11-20T08:${String(5 * (index + 1)).padStart(2, '0')}:00Z`, 'throttled'),
    );
    expect(gapReasons(notes, from, '2026-11-20T09:00:00Z', 5, undefined)).toEqual(['throttled']);
  });

  it('are both where trying stopped', () => {
    expect(gapReasons([note('2026-11-20T08:05:00Z', 'throttled')], from, '2026-11-20T10:00:00Z', 5, undefined)).toEqual(
      ['no-run', 'throttled'],
    );
  });

  it('never are that a late retry was superseded', () => {
    expect(
      gapReasons([note('2026-11-20T08:05:00Z', 'superseded')], from, '2026-11-20T08:10:00Z', 5, undefined),
    ).toEqual([]);
  });
});

import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { joinParts, LARGEST_CHUNK_BYTES, packChunks, splitChunk, unpackChunk } from '../../lambda/trail/chunks.ts';
import { gapBetween, provesUnlisted } from '../../lambda/trail/coverage.ts';
import { gapReasons } from '../../lambda/trail/gap-reasons.ts';
import { gapOf } from '../../lambda/trail/log.ts';
import { itemHashes, type Manifest, sortRows } from '../../lambda/trail/snapshot.ts';

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

  it('of a row that no item can hold are in parts, each gzip by itself, and all together too', async () => {
    const [ann, huge, zoe] = rowsOf(3, (index) => (index === 1 ? randomBytes(600_000).toString('base64') : 'x'));
    const chunks = await Array.fromAsync(packChunks([ann, huge, zoe].flatMap((row) => row ?? [])));
    expect(chunks.map(({ rows, parts }) => [rows, parts?.length])).toEqual([
      [1, undefined],
      [1, 3],
      [1, undefined],
    ]);
    const [, chunk] = chunks;
    if (!chunk) throw new Error('no chunk');
    expect(await unpackChunk(chunk, chunk.bytes)).toEqual([huge?.line]);
    const parts = await splitChunk(chunk);
    expect(parts.map(({ sha256 }) => sha256)).toEqual(itemHashes(chunk));
    expect(Buffer.concat(parts.map(({ bytes }) => gunzipSync(bytes))).toString()).toBe(`${huge?.line}\n`);
    for (const { bytes } of parts) expect(bytes.length).toBeLessThan(LARGEST_CHUNK_BYTES);
    expect(joinParts(parts.map(({ bytes }) => bytes))).toEqual(Buffer.from(chunk.bytes));
    expect(joinParts([parts[0]?.bytes, undefined])).toBeUndefined();
  });

  it('that somebody has packed worse than an item can hold are packed again', async () => {
    const rows = rowsOf(6000, () => 'x'.repeat(50));
    const [chunk] = await Array.fromAsync(packChunks(rows));
    if (!chunk) throw new Error('no chunk');
    const bytes = gzipSync(gunzipSync(chunk.bytes), { level: 0 });
    const [item, ...others] = await splitChunk({ ...chunk, bytes });
    expect([Buffer.from(chunk.bytes).equals(item?.bytes ?? bytes), others]).toEqual([true, []]);
  });

  it('that hold other bytes than their hash says are refused', async () => {
    const packed = ['a', 'b'].map(async (text) => (await packChunks(rowsOf(1, () => text)).next()).value);
    const [one, two] = await Promise.all(packed);
    if (!one || !two) throw new Error('no chunks');
    await expect(unpackChunk(one, two.bytes)).rejects.toThrow('holds other bytes');
  });
});

describe('the coverage rule', () => {
  it('has a gap of what is left for a connection to hide in: an hour, less epsilon on both sides', () => {
    expect(gapBetween({ s: '2026-11-20T08:00:00Z' }, { f: '2026-11-20T08:56:00Z' }, 120)).toBeUndefined();
    expect(gapBetween({ s: '2026-11-20T08:00:00Z' }, { f: '2026-11-20T08:56:01Z' }, 120)).toEqual({
      start: '2026-11-20T07:58:00Z',
      end: '2026-11-20T07:58:01Z',
    });
  });

  it.each([
    ['AWS’s clock', { s: '08:00:00', ownS: '08:00:00' }, { f: '09:40:00', ownF: '08:10:00' }, ['07:58:00', '08:42:00']],
    [
      'the machine’s',
      { s: '08:00:00', ownS: '08:00:00' },
      { f: '08:10:00', ownF: '09:40:00' },
      ['06:28:00', '08:42:00'],
    ],
    ['neither', { s: '08:00:00', ownS: '06:00:00' }, { f: '08:56:00', ownF: '06:56:00' }, undefined],
  ])('has a gap if an hour has passed by %s alone, at its longest by either', (_, { s, ownS }, { f, ownF }, bounds) => {
    const at = (time: string) => `2026-11-20T${time}Z`;
    const gap = gapBetween({ s: at(s), ownS: at(ownS) }, { f: at(f), ownF: at(ownF) }, 120);
    expect(gap && [gap.start, gap.end]).toEqual(bounds?.map(at));
  });

  it('has a gap before a deletion for epsilon longer than AWS says: its clock may be behind', () => {
    const at = '2026-11-20T08:15:00Z';
    const times = { previousS: '2026-11-20T08:10:00Z', s: at, f: at, epsilonSeconds: 120 };
    const closing = { kind: 'closed', closedBecause: 'endpoint-deleted', ...times } as Manifest;
    const before = { s: '2026-11-20T08:10:00Z', f: '2026-11-20T08:10:02Z' };
    expect(gapOf(closing, before)).toEqual({ start: '2026-11-20T08:08:00Z', end: '2026-11-20T08:17:00Z' });
  });

  it('believes an absence after 60 minutes and epsilon', () => {
    const missing = { f: '2026-11-20T08:00:00Z' };
    expect(provesUnlisted(missing, { s: '2026-11-20T09:01:59Z' }, 120)).toBe(false);
    expect(provesUnlisted(missing, { s: '2026-11-20T09:02:00Z' }, 120)).toBe(true);
  });

  it('believes it only once the time has passed by both clocks', () => {
    const missing = { f: '2026-11-20T08:00:00Z', ownF: '2026-11-20T06:00:00Z' };
    const isProven = (s: string, ownS: string) => provesUnlisted(missing, { s, ownS }, 120);
    expect(isProven('2026-11-20T09:02:00Z', '2026-11-20T07:01:59Z')).toBe(false);
    expect(isProven('2026-11-20T09:01:59Z', '2026-11-20T07:02:00Z')).toBe(false);
    expect(isProven('2026-11-20T09:02:00Z', '2026-11-20T07:02:00Z')).toBe(true);
  });
});

describe('the reasons of a gap', () => {
  const note = (minute: number, reason: 'throttled' | 'superseded') => ({
    at: `2026-11-20T08:${String(minute).padStart(2, '0')}:00Z`,
    reason,
    message: '',
  });
  const everyTime = Array.from({ length: 11 }, (_, index) => note(5 * (index + 1), 'throttled'));

  it.each([
    ['where nobody tried for more than two intervals', '08:10:01', ['no-run'], []],
    ['where there was no time to try', '08:10:00', ['unknown'], []],
    ['where somebody tried every time', '09:00:00', ['throttled'], everyTime],
    ['where trying stopped', '10:00:00', ['no-run', 'throttled'], [note(5, 'throttled')]],
    ['where a late retry was superseded', '08:10:00', ['unknown'], [note(5, 'superseded')]],
  ])('are, %s, till %s: %j', (_, to, reasons, notes) => {
    expect(gapReasons(notes, '2026-11-20T08:00:00Z', `2026-11-20T${to}Z`, 5, [])).toEqual(reasons);
  });

  it('are not what came after a snapshot was in the log: that lost nothing', () => {
    const notes = everyTime.map((one) => ({ ...one, reason: 'store', unfinished: ['projection'] }) as const);
    expect(gapReasons(notes, '2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z', 5, [])).not.toContain('store');
  });

  it('follow from any number of failures', () => {
    const notes = Array.from({ length: 130_000 }, () => note(5, 'throttled'));
    expect(gapReasons(notes, '2026-11-20T08:00:00Z', '2026-11-20T08:05:00Z', 5, [])).toEqual([notes[0]?.reason]);
  });

  it('are the end of the configuration alone where that is why', () => {
    const reasons = gapReasons([], '2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z', 5, ['not-configured']);
    expect(reasons).toEqual(['not-configured']);
  });
});

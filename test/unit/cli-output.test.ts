import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../cli/api/parse-exactly.ts';
import { type ListShape, rowWriter } from '../../cli/output/row-writer.ts';
import { connectionFields } from '../../cli/questions/connection-fields.ts';
import { drawUsage } from '../../cli/questions/usage-drawing.ts';
import type { ConnectionAnswer, UsageSample } from '../../lambda/query/schemas/connection.ts';
import { count, exactDuration, showBytes, showDuration } from '../../words/amounts.ts';
import { printableJson } from '../../words/printable.ts';
import { quietTerminal } from '../support/command/quiet-terminal.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

const SHAPE: ListShape<ConnectionAnswer> = { name: 'connections', columns: [], fields: connectionFields('UTC') };

describe('amounts for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1_048_524, '1023.9 KiB'],
    [1_048_575, '1.0 MiB'],
    [123_456_789_012_345_678_901n, '107.1 EiB'],
  ])('%s bytes are %s', (bytes, shown) => {
    expect(showBytes(bytes)).toBe(shown);
  });

  it('have the two largest units of time, and the noun in its number', () => {
    expect([0, 59, 61, 3661, 90_061].map(showDuration)).toEqual(['0s', '59s', '1m 1s', '1h 1m', '1d 1h']);
    expect([0, 90, 300, 5400, 86_400].map(exactDuration)).toEqual(['0s', '90s', '5m', '90m', '1d']);
    expect([count(1, 'gap'), count(1300, 'connection'), count(2, 'access')]).toEqual([
      '1 gap',
      '1,300 connections',
      '2 accesses',
    ]);
  });
});

describe('JSON', () => {
  it('keeps counters of any size to the digit', () => {
    const text = '{"ingressBytes":123456789012345678901,"rate":0.1}';
    expect(printableJson(parseExactly(text))).toBe(text);
  });

  it('has nothing that a terminal acts on', () => {
    const name = 'a\u001B[31m\u009B\u202E\u007F';
    const text = printableJson({ name });
    expect(text).toMatch(/^[\x20-\x7E]+$/);
    expect(JSON.parse(text)).toEqual({ name });
  });

  it.each([0, 1, 2])('of a list of %i rows is one document', async (rows) => {
    const terminal = quietTerminal();
    const writer = rowWriter(SHAPE, 'json', terminal);
    for (let row = 0; row < rows; row += 1) await writer.write([connectionNumber(row)]);
    await writer.end({ window: { since: 'a' } });
    expect(JSON.parse(terminal.written())).toEqual({
      connections: Array.from({ length: rows }, (_, row) => connectionNumber(row)),
      window: { since: 'a' },
    });
  });
});

describe('CSV', () => {
  async function csv(connection: ConnectionAnswer, width?: number): Promise<Map<string, string>> {
    const terminal = quietTerminal({}, width);
    await rowWriter(SHAPE, 'csv', terminal).write([connection]);
    const [header = '', row = ''] = terminal.written().split('\r\n');
    return new Map(header.split(',').map((name, index) => [name, row.split(',')[index] ?? '']));
  }

  it.each<[what: string, column: string, given: Partial<ConnectionAnswer>, cell: string]>([
    ['the zone of its times', 'established_at_utc', {}, '2026-11-22T13:00:00Z'],
    ['the direction of its bytes', 'ingress_bytes_sent', {}, '1536'],
    ['the direction of its bytes', 'egress_bytes_received', {}, '10737418240'],
    ['large counters exact', 'ingress_bytes_sent', { ingressBytes: 10n ** 20n + 1n }, '100000000000000000001'],
    ['what is true in words', 'possible', { possible: true }, 'true'],
    ['no formula for a spreadsheet', 'username', { username: '=HYPERLINK(1)' }, "'=HYPERLINK(1)"],
    ['no formula for a spreadsheet', 'username', { username: '@SUM' }, "'@SUM"],
  ])('has %s: %s', async (_, column, given, cell) => {
    expect((await csv(connectionNumber(1, given))).get(column)).toBe(cell);
  });

  it('has names as they are in a file, but not on a terminal', async () => {
    const connection = connectionNumber(1, { username: 'a\u001B[31m' });
    expect((await csv(connection)).get('username')).toBe('a\u001B[31m');
    expect((await csv(connection, 80)).get('username')).toBe('a\\u{1B}[31m');
  });
});

describe('the drawing of usage', () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 8, minutes)).toISOString().replace('.000', '');
  const sample = (minutes: number, since?: UsageSample['since']): UsageSample => ({
    slot: at(minutes),
    at: at(minutes),
    ...(since ? { since } : {}),
  });
  const five = (sent: number | bigint) => ({ seconds: 300, ingressBytes: sent, egressBytes: 0 });

  it.each<[what: string, samples: UsageSample[], sent: RegExp]>([
    [
      'a bar for each sample, in proportion to what was sent',
      [sample(0), sample(5, five(0)), sample(10, five(300)), sample(15, five(2100n))],
      /^sent \(upload\) {8}▁▂█ {2}max 7 B\/s$/,
    ],
    [
      'a gap open, however much passed in it',
      [
        sample(0),
        sample(5, five(100)),
        sample(20, { seconds: 900, ingressBytes: 900_000, egressBytes: 9, acrossGap: true }),
        sample(25, five(100)),
      ],
      / █╌╌╌█ /,
    ],
    [
      'open where a counter went back',
      [sample(0), sample(5, { seconds: 300, reset: true }), sample(10, five(1))],
      / ╌█ /,
    ],
  ])('has %s', (_, samples, expected) => {
    const [sent, received] = drawUsage(samples, 80, 'UTC');
    expect(sent).toMatch(expected);
    expect(received).toMatch(/^received \(download\) {2}.*max 0 B\/s$/);
  });

  it('fits the terminal', () => {
    const samples = Array.from({ length: 500 }, (_, index) => sample(index * 5, index === 0 ? undefined : five(index)));
    for (const line of drawUsage(samples, 80, 'Europe/Berlin')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

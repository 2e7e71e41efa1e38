import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { padTo, wrapTo } from '../../cli/output/fit-text.ts';
import { headerLines, layOut, rowLines } from '../../cli/output/table.ts';
import { connectionColumns } from '../../cli/questions/connection-columns.ts';
import { printable } from '../../words/printable.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

const FAMILY = '👨‍👩‍👧';

/** The lines of a table of one connection of this name. */
function tableOf(identity: string, width: number): string[] {
  const rows = [connectionNumber(1, { identity })];
  const layout = layOut(connectionColumns('UTC'), rows, width);
  return [...headerLines(layout), ...rows.flatMap((row) => rowLines(layout, row))];
}

describe('what is shown on a terminal', () => {
  it.each([
    ['an escape sequence', '\u001B[31mred', '\\u{1B}[31mred'],
    ['one of the second control set', 'a\u009Bm', 'a\\u{9B}m'],
    ['a line break', 'a\r\nb', 'a\\u{D}\\u{A}b'],
    ['what turns the direction round', 'abc\u202Efdp', 'abc\\u{202E}fdp'],
    ['what nobody sees', 'ali\u200Bce\uFEFF', 'ali\\u{200B}ce\\u{FEFF}'],
    ['a joiner between letters that it does not join', 'ali\u200Dce', 'ali\\u{200D}ce'],
    ['half a character', 'a\uD83D', 'a\\u{D83D}'],
  ])('has %s in words', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each([FAMILY, 'e\u0301', '東京', 'محمد', 'می\u200Cخواهم', 'José Ångström'])('has %s as it is', (text) => {
    expect(printable(text)).toBe(text);
  });

  it('sets apart what is written from right to left, so that the columns beside it stay', () => {
    expect(padTo('محمد', 6, 'left')).toBe('\u2068محمد\u2069  ');
    expect(padTo('abc', 6, 'right')).toBe('   abc');
  });

  it('is broken at spaces, and between characters, never within one', () => {
    expect(wrapTo('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapTo(FAMILY.repeat(3), 4)).toEqual([FAMILY.repeat(2), FAMILY]);
    expect(wrapTo('東京都', 5)).toEqual(['東京', '都']);
  });
});

describe('a table', () => {
  const graphemes = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 });

  it('fits the terminal, whatever the names are', () => {
    fc.assert(
      fc.property(graphemes, fc.integer({ min: 60, max: 250 }), (name, width) => {
        const lines = tableOf(name, width);
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('breaks a name of 255 characters over lines instead of cutting it', () => {
    const name = Array.from({ length: 255 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
    const column = tableOf(name, 80).slice(1);
    expect(column.join('').replaceAll(/[^a-z]/g, '')).toContain(name);
    expect(column.join('')).not.toContain('…');
  });

  it('leaves out the less important columns where there is no room, and tells which', () => {
    const headers = (width: number) => {
      const { columns, leftOut } = layOut(connectionColumns('UTC'), [connectionNumber(1)], width);
      return { shown: columns.map(({ header }) => header), leftOut };
    };
    expect(headers(80).shown).toEqual(['ESTABLISHED (UTC)', 'ENDED (UTC)', 'WHO', 'CLIENT IP']);
    expect(headers(80).leftOut).toContain('SENT (upload)');
    expect(headers(120).shown).toContain('CONNECTION');
    expect(headers(200).leftOut).toEqual([]);
  });

  it('never shows one direction without the other', () => {
    for (let width = 60; width < 200; width += 1) {
      const { columns } = layOut(connectionColumns('UTC'), [connectionNumber(1)], width);
      const directions = columns.filter(({ header }) => /SENT|RECEIVED/.test(header));
      expect([0, 2]).toContain(directions.length);
    }
  });

  it('aligns numbers to the right, names the directions, and keeps ids and times whole', () => {
    const lines = tableOf('alice', 200);
    expect(lines[0]).toMatch(/SENT {4}RECEIVED/);
    expect(lines[1]).toMatch(/\(upload\) {2}\(download\)/);
    expect(lines[2]).toMatch(/ {5}1\.5 KiB {4}10\.0 GiB/);
    const narrow = tableOf('alice', 120).at(-1);
    expect(narrow).toContain('2026-11-22T13:00:00Z  2026-11-22T14:00:00Z');
    expect(narrow).toContain('cvpn-connection-00000000000000001');
  });

  const { endedAt: _endedAt, end: _end, ...open } = connectionNumber(1);
  const between: [string, string] = ['2026-11-22T13:30:00Z', '2026-11-22T14:30:00Z'];
  it.each([
    ['(active)', { ...open, status: 'active' }],
    ['(unlisted since 2026-11-22T14:00:00Z)', { ...open, unlistedSince: '2026-11-22T14:00:00Z' }],
    [
      `inferred, between ${between.join(' and ')} (possible)`,
      connectionNumber(1, { end: { kind: 'inferred', between }, possible: true }),
    ],
  ])('tells how much is known of an end: %s', (shown, connection) => {
    expect(connectionColumns('UTC')[1]?.cell(connection)).toBe(shown);
  });
});

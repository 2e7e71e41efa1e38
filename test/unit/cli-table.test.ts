import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cutTo, padTo, wrapTo } from '../../cli/output/fit-text.ts';
import { headerLines, layOut, rowLines } from '../../cli/output/table.ts';
import { connectionColumns } from '../../cli/questions/connection-columns.ts';
import { endpointLabels, ownedLabels } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import { connectionNumber, ENDPOINT } from '../support/search/api-answers.ts';

const COLUMNS = connectionColumns('UTC', endpointLabels([{ endpointId: ENDPOINT, name: 'office' }]));
const OWN = '123456789012';
const FAMILY = '👨‍👩‍👧';

/** The lines of a table of one connection of this name. */
function tableOf(identity: string, width: number): string[] {
  const rows = [connectionNumber(1, { identity })];
  const layout = layOut(COLUMNS, rows, width);
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

  it('is broken after a dot or an @ rather than in the middle of a word', () => {
    expect(wrapTo('ivan.kamau@example.com', 12)).toEqual(['ivan.kamau@', 'example.com']);
    expect(wrapTo('fd00:1234:5678:9abc', 12)).toEqual(['fd00:1234:', '5678:9abc']);
    expect(wrapTo('fd00:1234:5678::9abc', 15)).toEqual(['fd00:1234:', '5678::9abc']);
    expect(wrapTo('a.verylongname.com', 6)).toEqual(['a.', 'verylo', 'ngname', '.com']);
    expect(cutTo('svc-backup-nightly', 9)).toBe('svc-back…');
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
    const name = Array.from({ length: 255 }, (_, index) => String.fromCharCode(945 + (index % 24))).join('');
    const column = tableOf(name, 80).slice(1);
    expect(column.join('').replaceAll(/[^α-ω]/g, '')).toContain(name);
    expect(column.join('')).not.toContain('…');
  });

  const headersAt = (width: number, rows = [connectionNumber(1)]) => {
    const { places, leftOut } = layOut(COLUMNS, rows, width);
    return { shown: places.map(({ columns }) => columns.map(({ header }) => header)), leftOut };
  };

  it('has what tells connections apart on 80 columns, the end beneath the start', () => {
    const { shown, leftOut } = headersAt(80);
    expect(shown).toEqual([
      ['ESTABLISHED (UTC)', 'ENDED (UTC)'],
      ['LASTED', 'STATUS'],
      ['WHO', 'ENDPOINT'],
      ['CLIENT IP', 'CONNECTION'],
      ['SENT (upload)', 'RECEIVED (download)'],
    ]);
    expect(leftOut).toEqual([]);
    expect(layOut(connectionColumns('Europe/Berlin', new Map()), [connectionNumber(1)], 80).leftOut).toEqual([]);
    expect(tableOf('alice', 80)).toEqual([
      'ESTABLISHED (UTC)         LASTED  WHO           CLIENT IP              ↑ SENT',
      'ENDED (UTC)               STATUS  ENDPOINT      CONNECTION         ↓ RECEIVED',
      '2026-11-22T13:00:00Z       1h 0m  alice         172.31.0.225          1.5 KiB',
      '2026-11-22T14:00:00Z  terminated  office        00000000000000001    10.0 GiB',
    ]);
  });

  it('leaves out the less important columns where there is no room, and tells which', () => {
    expect(headersAt(60).leftOut).toEqual(['LASTED', 'STATUS', 'SENT (upload)', 'RECEIVED (download)']);
    expect(headersAt(140).shown.flat()).toHaveLength(9);
    expect(headersAt(200)).toEqual({ shown: COLUMNS.map(({ header }) => [header]), leftOut: [] });
  });

  it('never shows one direction without the other', () => {
    for (let width = 60; width < 200; width += 1) {
      const directions = headersAt(width)
        .shown.flat()
        .filter((header) => /SENT|RECEIVED/.test(header));
      expect([0, 2]).toContain(directions.length);
    }
  });

  it('aligns numbers to the right, names the directions, and keeps ids and times whole', () => {
    const lines = tableOf('alice', 200);
    expect(lines[0]).toMatch(/SENT {4}RECEIVED/);
    expect(lines[1]).toMatch(/\(upload\) {2}\(download\)/);
    expect(lines[2]).toMatch(/ {5}1\.5 KiB {4}10\.0 GiB/);
    expect(tableOf('alice', 140).at(-1)).toContain('2026-11-22T13:00:00Z  2026-11-22T14:00:00Z');
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
    expect(COLUMNS[1]?.cell(connection)).toBe(shown);
  });
});

describe('an endpoint in a table', () => {
  const [one, other] = ['cvpn-endpoint-0123456789abcdef0', 'cvpn-endpoint-0123456789abcdef1'];
  it.each([
    ['its name', 'office', 'branch', 'office'],
    ['its id where it has no name', undefined, 'branch', '0123456789abcdef0'],
    ['its id where another has the same name', 'office', 'office', '0123456789abcdef0'],
    ['its id where its name could be the id of another', '0123456789abcdef1', undefined, '0123456789abcdef0'],
  ])('is called by %s', (_, name, otherName, label) => {
    const labels = endpointLabels([
      { endpointId: one, name },
      { endpointId: other, name: otherName },
    ]);
    expect(labels.get(one)).toBe(label);
    expect(labels.get(other)).not.toBe(label);
  });

  it.each([
    ['Region', [OWN, 'eu-west-1'], [OWN, 'us-east-1'], 'office (eu-west-1)', `office (eu-west-1)`],
    ['account', [OWN, 'eu-west-1'], ['999988887777', 'eu-west-1'], `office (${OWN})`, `office (${OWN})`],
    ['id where both have one owner', [OWN, 'eu-west-1'], [OWN, 'eu-west-1'], '0123456789abcdef0', '0123456789abcdef0'],
  ])('and its %s where another has the same name', (_, owner, otherOwner, label, owned) => {
    const endpoints = [
      { endpointId: one, name: 'office', accountId: owner[0], region: owner[1] },
      { endpointId: other, name: 'office', accountId: otherOwner[0], region: otherOwner[1] },
    ];
    expect(endpointLabels(endpoints).get(one)).toBe(label);
    expect(ownedLabels(endpoints).get(one)).toBe(owned);
  });

  it('with account and Region where there are several of both and no column has them', () => {
    const labels = ownedLabels([
      { endpointId: one, name: 'office', accountId: OWN, region: 'eu-west-1' },
      { endpointId: other, accountId: '999988887777', region: 'us-east-1' },
    ]);
    expect([...labels.values()]).toEqual([`office (${OWN} eu-west-1)`, '0123456789abcdef1 (999988887777 us-east-1)']);
  });
});

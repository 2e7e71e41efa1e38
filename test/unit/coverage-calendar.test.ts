import { describe, expect, it } from 'vitest';
import { drawCalendars } from '../../cli/questions/coverage-calendar.ts';
import type { CoverageAnswer, EndpointCoverage, GapAnswer } from '../../lambda/query/schemas/coverage.ts';

const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

const gap = (start: string, end: string, more: Partial<GapAnswer> = {}): GapAnswer => ({
  endpointId: ENDPOINT,
  start,
  end,
  reasons: ['no-run'],
  ...more,
});

/** The report of one endpoint that is proven, but for what is said otherwise. */
function report(since: string, until: string, more: Partial<EndpointCoverage> = {}): CoverageAnswer {
  const endpoint = { endpointId: ENDPOINT, complete: false, proven: [{ start: since, end: until }], gaps: [], ...more };
  return { window: { since, until }, complete: false, endpoints: [endpoint], assumptions: [] };
}

const plain = { alarm: (text: string) => text, strong: (text: string) => text };
const draw = (answer: CoverageAnswer, width = 80, zone = 'UTC') =>
  drawCalendars(answer, { width, zone, colours: plain });
/** Three whole days. */
const DAYS = ['2026-11-20T00:00:00Z', '2026-11-22T23:59:59Z'] as const;

/** The rows of hours, by their label. */
function hours(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.filter((line) => /^\d\d:00/.test(line)).map((line) => [line.slice(0, 5), line.slice(6)]),
  );
}

describe('the calendar of coverage', () => {
  it('has days across and hours down, with what each sign means', () => {
    const answer = report(...DAYS, {
      name: 'head office',
      gaps: [
        gap('2026-11-20T00:00:00Z', '2026-11-20T03:07:00Z', { reasons: ['before-first-snapshot'] }),
        gap('2026-11-21T12:58:00Z', '2026-11-21T14:03:00Z'),
      ],
      proven: [{ start: '2026-11-20T03:07:00Z', end: '2026-11-22T20:13:00Z' }],
      pendingSince: '2026-11-22T20:13:00Z',
    });
    const lines = draw(answer);
    expect(lines.slice(0, 3)).toEqual([`${ENDPOINT} (head office)`, '      Nov 2026', '      20 21 22']);
    const runs: [hours: number, signs: string][] = [
      [4, '-- ░░ ░░'],
      [8, '░░ ░░ ░░'],
      [3, '░░ ██ ░░'],
      [5, '░░ ░░ ░░'],
      [4, '░░ ░░ ??'],
    ];
    const days = runs.flatMap(([count, signs]) => Array.from({ length: count }, () => signs));
    expect(lines.slice(3, 27)).toEqual(days.map((signs, hour) => `${String(hour).padStart(2, '0')}:00 ${signs}`));
    expect(lines.slice(27)).toEqual([
      '',
      'Days across, hours down (UTC); each sign is an hour of a day.',
      '█ GAP, of a second or more   - before the first snapshot   ? not known yet',
      '░ proven',
    ]);
  });

  it('shows where there was no endpoint, and that this is not proven', () => {
    const answer = report(...DAYS, {
      createdAt: '2026-11-20T06:30:00Z',
      proven: [
        { start: '2026-11-20T06:30:00Z', end: '2026-11-22T07:58:00Z' },
        { start: '2026-11-22T08:07:00Z', end: '2026-11-22T23:59:59Z' },
      ],
      gaps: [gap('2026-11-22T07:58:00Z', '2026-11-22T08:07:00Z', { reasons: ['endpoint-deleted'] })],
      deletedAt: '2026-11-22T08:05:00Z',
    });
    expect(hours(draw(answer))).toMatchObject({
      '05:00': '·· ░░ ░░',
      '06:00': '░░ ░░ ░░',
      '07:00': '░░ ░░ ██',
      '08:00': '░░ ░░ ██',
      '09:00': '░░ ░░ ··',
    });
  });

  it.each([
    ['in an hour', '2026-11-21T10:20:30Z', '2026-11-21T10:20:31Z', { '10:00': '░░ ██ ░░' }],
    ['over midnight', '2026-11-20T23:59:59Z', '2026-11-21T00:00:00Z', { '23:00': '██ ░░ ░░', '00:00': '░░ ██ ░░' }],
    ['at the end of the window', '2026-11-22T23:59:59Z', '2026-11-23T00:00:00Z', { '23:00': '░░ ░░ ██' }],
    ['that only touches its beginning', '2026-11-19T23:00:00Z', '2026-11-20T00:00:00Z', { '00:00': '██ ░░ ░░' }],
  ])('shows a gap of a second %s', (_where, start, end, rows) => {
    const answer = report(...DAYS, { gaps: [gap(start, end)] });
    expect(hours(draw(answer))).toMatchObject(rows);
  });

  it('shows a gap that goes on after what was asked for', () => {
    const late = gap('2026-11-22T10:00:00Z', '2026-11-22T12:00:00Z', { ongoing: true });
    expect(hours(draw(report('2026-11-21T00:00:00Z', '2026-11-22T10:00:00Z', { gaps: [late] })))).toMatchObject({
      '09:00': '░░ ░░',
      '10:00': '░░ ██',
      '11:00': '░░ ██',
      '13:00': '░░',
    });
  });

  it('has the hours of the zone: one twice where the clocks are put back, one never where they are put forward', () => {
    const second = [gap('2026-10-25T01:30:00Z', '2026-10-25T01:31:00Z')];
    const back = draw(report('2026-10-24T00:00:00Z', '2026-10-26T22:59:59Z', { gaps: second }), 80, 'Europe/Berlin');
    expect(back[2]).toBe('      24 25 26');
    expect(hours(back)).toMatchObject({ '01:00': '   ░░ ░░', '02:00': '░░ ██ ░░', '03:00': '░░ ░░ ░░' });
    const forward = report('2026-03-28T00:00:00Z', '2026-03-30T21:59:59Z', {
      gaps: [gap('2026-03-29T01:00:00Z', '2026-03-29T01:30:00Z')],
    });
    expect(hours(draw(forward, 80, 'Europe/Berlin'))).toMatchObject({
      '01:00': '░░ ░░ ░░',
      '02:00': '░░    ░░',
      '03:00': '░░ ██ ░░',
    });
    expect(hours(draw(forward, 80, 'Asia/Kathmandu'))).toMatchObject({ '06:00': '░░ ██ ░░', '07:00': '░░ ██ ░░' });
  });

  it('colours the gaps, and nothing else', () => {
    const answer = report(...DAYS, {
      gaps: [gap('2026-11-20T10:00:00Z', '2026-11-20T10:10:00Z'), gap('2026-11-21T10:00:00Z', '2026-11-21T10:10:00Z')],
    });
    const colours = { ...plain, alarm: (text: string) => `<${text}>` };
    const lines = drawCalendars(answer, { width: 80, zone: 'UTC', colours });
    expect(lines.filter((line) => line.includes('<'))).toEqual(['10:00 <██ ██ >░░']);
  });

  it('does not let a name act on the terminal', () => {
    expect(draw(report('2026-11-20T00:00:00Z', '2026-11-20T09:00:00Z', { name: 'a\u001B[2J' }))[0]).toContain(
      '\\u{1B}',
    );
  });
});

describe('the calendar of a year', () => {
  const [since, until] = ['2025-11-23T00:00:00Z', '2026-11-22T23:59:59Z'];
  const second = gap('2026-02-03T03:00:00Z', '2026-02-03T03:00:01Z');

  it('is in blocks of whole months, with several hours to a sign, and still shows a gap of a second', () => {
    const lines = draw(report(since, until, { gaps: [second] }));
    const february = lines.findIndex((line) => line.startsWith('      Feb 2026'));
    expect(lines.slice(february, february + 4)).toEqual([
      '      Feb 2026                    Mar 2026',
      '      1      8      15     22     1      8      15     22     29',
      `00:00 ${'░'.repeat(59)}`,
      `03:00 ░░█${'░'.repeat(56)}`,
    ]);
    expect(lines.filter((line) => line.includes('█'))).toHaveLength(2);
    expect(lines.at(-2)).toBe('Days across, hours down (UTC); each sign is 3 hours of a day.');
  });

  it.each([20, 40, 80, 140, 400])('fits into %i columns, with every day in it once', (width) => {
    const lines = draw(report(since, until, { gaps: [second] }), width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(width, ENDPOINT.length));
    const midnights = lines.filter((line) => line.startsWith('00:00')).map((line) => line.slice(6));
    expect(midnights.join('').replaceAll(' ', '')).toHaveLength(365);
  });

  it('leaves out years without a snapshot, and says so', () => {
    const early = gap('2000-01-01T00:00:00Z', '2026-11-20T07:07:00Z', { reasons: ['before-first-snapshot'] });
    const proven = [{ start: '2026-11-20T07:07:00Z', end: '2026-11-22T08:00:00Z' }];
    const lines = draw(report('2000-01-01T00:00:00Z', until, { gaps: [early], proven }));
    expect(lines[1]).toBe('Not drawn: before 2026-11-13 nothing is recorded.');
    expect(lines[3]).toBe('      13 14 15 16 17 18 19 20 21 22');
  });
});

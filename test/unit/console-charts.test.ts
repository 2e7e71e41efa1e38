import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageCalendar } from '../../console/charts/calendar.ts';
import { countInto, histogram } from '../../console/charts/histogram.ts';
import { lanesChart, overlapsOf } from '../../console/charts/lanes.ts';
import { stepsChart } from '../../console/charts/steps.ts';
import { cutWindow, timeAxis } from '../../console/charts/time-axis.ts';
import { usageChart } from '../../console/charts/usage.ts';
import { type Html, written } from '../../console/screen.ts';
import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import { toInstant } from '../../lambda/trail/time.ts';

const HOUR = 3_600_000;
const DAY = { since: '2026-11-22T00:00:00Z', until: '2026-11-23T00:00:00Z' };
const NUMBERS = '' as unknown as Html;
const at = (text: string) => Date.parse(`2026-11-22T${text}Z`);

/** What each part of a drawing that leads somewhere is called, and where it leads. */
function linksOf(chart: Html): { name: string; href: string }[] {
  const [drawing = ''] = written(chart).split('</svg>\n');
  return [...drawing.matchAll(/<a href="([^"]*)" aria-label="([^"]*)"/g)].map(([, href = '', name = '']) => ({
    name,
    href,
  }));
}

/** The cells of a chart's table, row by row. */
function rowsOf(chart: Html): string[][] {
  const [, body = ''] = /<tbody>(.*)<\/tbody>/s.exec(written(chart)) ?? [];
  return [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => cell.replace(/<[^>]+>/g, '')),
  );
}

const numbersOf = (chart: Html, pattern: RegExp) =>
  [...written(chart).matchAll(pattern)].map(([, number]) => Number(number));

describe('the time of a chart', () => {
  it('has its marks at round times of the zone, and the day at midnight', () => {
    expect(timeAxis(DAY, 'UTC').marks.map(({ label }) => label)).toEqual(
      ['22 Nov', '06:00', '12:00', '18:00', '23 Nov'].flatMap((label, index, all) =>
        index === all.length - 1 ? [label] : [label, ['03:00', '09:00', '15:00', '21:00'][index] ?? ''],
      ),
    );
    const berlin = timeAxis(DAY, 'Europe/Berlin').marks.map(({ label, x }) => [label, x]);
    expect(berlin).toContainEqual(['23 Nov', (23 / 24) * 100]);
    const years = timeAxis({ since: '2026-12-30T00:00:00Z', until: '2027-01-03T00:00:00Z' }, 'UTC').marks;
    expect(years.map(({ label }) => label)).toContain('1 Jan 2027');
  });

  it.each([
    ['a day of 25 hours', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 4 / 25],
    ['a day of 23 hours', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 2 / 23],
  ])('is as long as it was on %s', (_, since, until, part) => {
    const { marks } = timeAxis({ since, until }, 'Europe/Berlin');
    expect(marks.find(({ label }) => label === '03:00')?.x).toBeCloseTo(part * 100);
    const days = cutWindow(
      timeAxis({ since: '2026-03-01T00:00:00Z', until: '2026-11-30T00:00:00Z' }, 'Europe/Berlin'),
      300,
    );
    const lengths = new Set(days.slice(1, -1).map(({ start, end }) => (end - start) / HOUR));
    expect([...lengths].sort((one, other) => one - other)).toEqual([23, 24, 25]);
  });

  it('is cut into parts without a hole, whatever the window and the zone', () => {
    const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }).map((value) => toInstant(value));
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Kathmandu', 'America/St_Johns');
    fc.assert(
      fc.property(moment, moment, zone, fc.integer({ min: 1, max: 120 }), (one, other, name, parts) => {
        const [since = one, until = one] = [one, other].sort();
        const axis = timeAxis({ since, until }, name);
        const cut = cutWindow(axis, parts);
        expect([cut[0]?.start, cut.at(-1)?.end]).toEqual([axis.window.start, axis.window.end]);
        cut.forEach(({ start, end }, index) => {
          expect(end).toBeGreaterThan(start);
          if (index > 0) expect(start).toBe(cut[index - 1]?.end);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('a histogram', () => {
  const axis = timeAxis(DAY, 'UTC');
  const spans = [0, 6, 12, 18].map((hour) => ({
    start: at('00:00:00') + hour * HOUR,
    end: at('00:00:00') + (hour + 6) * HOUR,
  }));
  const chart = (counts: readonly number[]) =>
    histogram({
      id: 'starts',
      title: 'Connections by start',
      axis,
      bins: spans.map((span, index) => ({
        ...span,
        count: counts[index] ?? 0,
        href: `/ui/connections?since=${toInstant(span.start)}`,
      })),
      gaps: [{ start: at('07:00:00'), end: at('08:00:00') }],
      noun: 'connection',
    });

  it('has the numbers that it was given: in its bars, their names and its table', () => {
    const drawn = chart([4, 0, 2, 1]);
    expect(linksOf(drawn).map(({ name }) => name.split(': ')[1])).toEqual([
      '4 connections',
      '0 connections, not recorded in part',
      '2 connections',
      '1 connection',
    ]);
    expect(linksOf(drawn)[2]?.href).toBe('/ui/connections?since=2026-11-22T12:00:00Z');
    const heights = numbersOf(drawn, /class="bar"[^>]* height="([\d.]+)"/g);
    expect(heights.map((height) => height / (heights[0] ?? 0))).toEqual([1, 0, 0.5, 0.25]);
    expect(rowsOf(drawn).map(([, ...cells]) => cells)).toEqual([
      ['4', ''],
      ['0', 'not recorded in part'],
      ['2', ''],
      ['1', ''],
    ]);
  });

  it('shows one among thousands, and hatches what was not recorded, with words for it', () => {
    expect(numbersOf(chart([10_000, 1]), /class="bar"[^>]* height="([\d.]+)"/g)[1]).toBe(2);
    expect(written(chart([]))).toContain('Not recorded: 2026-11-22 07:00:00Z to 2026-11-22 08:00:00Z');
    expect(written(chart([]))).toContain('fill="url(#starts-hatch)"');
  });

  it('hatches what was not recorded over its bars too, without hiding them from a pointer', () => {
    const drawn = written(chart([1, 5]));
    expect(drawn.lastIndexOf('class="bar"')).toBeLessThan(drawn.indexOf('class="gap-over"'));
    expect(drawn).toMatch(
      /class="gap-over" aria-hidden="true"><rect x="29\.167%" width="4\.167%" y="0" height="120" fill="url\(#starts-over\)"\/><rect class="strip"/,
    );
    expect(readFileSync('console/charts/charts.css', 'utf8')).toMatch(/\.gap-over \{\s*pointer-events: none/);
  });

  it('counts each moment of the window once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: axis.window.start - HOUR, max: axis.window.end + HOUR })), (moments) => {
        const inside = moments.filter((moment) => moment >= axis.window.start && moment <= axis.window.end);
        const counts = countInto(spans, moments);
        expect(counts.reduce((sum, number) => sum + number, 0)).toBe(inside.length);
        expect(counts[1]).toBe(moments.filter((moment) => moment >= at('06:00:00') && moment < at('12:00:00')).length);
      }),
    );
  });
});

describe('the usage of a connection', () => {
  const sample = (minute: number, bytes: number, since: Partial<UsageSample['since']> = {}): UsageSample => ({
    slot: toInstant(at('08:00:00') + minute * 60_000),
    at: toInstant(at('08:00:00') + minute * 60_000),
    ingressBytes: bytes,
    egressBytes: 10 * bytes,
    ...(minute === 0 ? {} : { since: { seconds: 300, ingressBytes: 300, egressBytes: 3000, ...since } }),
  });
  const samples = [
    sample(0, 0),
    sample(5, 300),
    sample(10, 600),
    sample(40, 900, { seconds: 1800, acrossGap: true }),
    sample(45, 1200),
    sample(50, 10, { ingressBytes: undefined, egressBytes: undefined, reset: true }),
    sample(55, 310),
  ];
  const drawn = usageChart(
    'usage',
    samples,
    'UTC',
    ({ since, until }) => `${since.slice(11, 16)}/${until.slice(11, 16)}`,
  );

  it('leaves open what is not known, and marks where a counter went back', () => {
    const [sent = ''] = [...written(drawn).matchAll(/class="edge" d="([^"]*)"/g)].map(([, path]) => path ?? '');
    // Three pieces: before the gap, after it, and after the counter went back.
    expect(sent.match(/M/g)).toHaveLength(3);
    expect(written(drawn).match(/class="gap"/g)).toHaveLength(4);
    expect(written(drawn).match(/class="reset"/g)).toHaveLength(2);
  });

  it('has a link for each period, that narrows the window to it, in the drawing and in the table', () => {
    const links = linksOf(drawn);
    expect(links.slice(2, 4)).toEqual([
      { name: '2026-11-22 08:10:00Z to 2026-11-22 08:40:00Z: not known', href: '08:10/08:40' },
      { name: '2026-11-22 08:40:00Z to 2026-11-22 08:45:00Z: 1 B/s', href: '08:40/08:45' },
    ]);
    expect([...written(drawn).matchAll(/<th scope="row"[^>]*><a href="([^"]*)"/g)].map(([, href]) => href)).toEqual(
      ['sent', 'received'].flatMap(() => links.slice(0, samples.length - 1).map(({ href }) => href)),
    );
  });

  it('says the highest rate, and has every sample in its table', () => {
    expect(written(drawn)).toContain('1 B/s');
    expect(written(drawn)).toContain('10 B/s');
    expect(rowsOf(drawn).slice(0, samples.length)).toContainEqual([
      '2026-11-22 08:40:00Z',
      '300 B',
      '900 B',
      'across a gap',
    ]);
  });
});

describe('steps', () => {
  it('have the most and the fewest of each part, as a brute force finds them', () => {
    const step = fc.record({ minute: fc.integer({ min: 0, max: 1439 }), count: fc.integer({ min: 0, max: 50 }) });
    fc.assert(
      fc.property(fc.uniqueArray(step, { selector: ({ minute }) => minute, maxLength: 40 }), (given) => {
        const steps = given
          .sort((one, other) => one.minute - other.minute)
          .map(({ minute, count }) => ({ at: toInstant(at('00:00:00') + minute * 60_000), count }));
        const axis = timeAxis(DAY, 'UTC');
        const drawn = stepsChart({
          id: 's',
          title: 'At once',
          axis,
          steps,
          gaps: [],
          noun: 'connection',
          hrefOf: () => '/',
        });
        const countAt = (moment: number) => steps.findLast((one) => Date.parse(one.at) <= moment)?.count ?? 0;
        const parts = cutWindow(axis, 120);
        const expected = parts.map(({ start, end }) => {
          const counts = Array.from({ length: (end - start) / 60_000 }, (_, minute) =>
            countAt(start + minute * 60_000),
          );
          return [Math.min(...counts), Math.max(...counts)].map(String);
        });
        expect(rowsOf(drawn).map(([, ...numbers]) => numbers)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe('bars over time', () => {
  const bar = (start: string, end: string, more = {}) => ({
    start: at(start),
    end: at(end),
    href: '/ui/connections/c',
    name: `alice ${start}`,
    ...more,
  });
  const lanes = [
    { label: 'office 10.0.0.1', bars: [bar('08:00:00', '12:00:00')], gaps: [] },
    {
      label: '<script>"',
      gaps: [{ start: at('15:00:00'), end: at('16:00:00') }],
      bars: [
        bar('11:00:00', '13:00:00', { possibleEnd: at('14:00:00') }),
        bar('20:00:00', '24:00:00', { isOpen: true }),
      ],
    },
  ];
  const doubled = overlapsOf(lanes.flatMap(({ bars }) => bars));
  const drawn = written(
    lanesChart({
      id: 'l',
      title: 'Alice',
      axis: timeAxis(DAY, 'UTC'),
      lanes,
      gaps: [],
      doubled,
      doubledName: 'in two places at once',
      hrefOf: ({ start, end }) => `/ui/timeline?since=${toInstant(start)}&until=${toInstant(end)}`,
      numbers: NUMBERS,
    }),
  );

  it('say what overlaps, in words, a bracket and a hatching of its own', () => {
    expect(doubled).toEqual([{ start: at('11:00:00'), end: at('12:00:00') }]);
    expect(linksOf(drawn as unknown as Html)).toContainEqual({
      name: 'in two places at once: 2026-11-22 11:00:00Z to 2026-11-22 12:00:00Z',
      href: '/ui/timeline?since=2026-11-22T11:00:00Z&amp;until=2026-11-22T12:00:00Z',
    });
    expect(drawn).toContain('fill="url(#l-twice)"');
    expect(drawn).toContain('2×');
  });

  it('tell apart what is sure, possible, and goes on', () => {
    expect(drawn.match(/class="bar ended"/g)).toHaveLength(2);
    expect(drawn).toMatch(/class="bar possible" x="45.833%" width="12.5%"/);
    expect(drawn.match(/class="onward"/g)).toHaveLength(1);
  });

  it('hatch what was not recorded in the row of its place alone', () => {
    expect(drawn.match(/class="gap"/g)).toHaveLength(1);
    expect(drawn).toMatch(/Not recorded at &lt;script&gt;.*?<rect x="62\.5%" width="4\.167%" y="62" height="44"/s);
  });

  it('show names as they are, never as markup', () => {
    expect(drawn).not.toContain('<script>');
    expect(drawn).toContain('&lt;script&gt;');
  });

  it('overlap exactly where two or more last, as a brute force finds it', () => {
    const span = fc
      .tuple(fc.nat(30), fc.integer({ min: 1, max: 10 }))
      .map(([start, length]) => ({ start, end: start + length }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const inside = (all: readonly { start: number; end: number }[], second: number) =>
          all.filter(({ start, end }) => start <= second && second < end).length;
        const overlaps = overlapsOf(spans);
        for (let second = 0; second < 41; second += 1) {
          expect(inside(overlaps, second)).toBe(inside(spans, second) >= 2 ? 1 : 0);
        }
      }),
    );
  });
});

describe('a calendar of coverage', () => {
  const endpoint = {
    endpointId: 'cvpn-endpoint-0a',
    complete: false,
    proven: [{ start: '2026-10-24T00:00:00Z', end: '2026-10-26T12:00:00Z' }],
    gaps: [
      {
        endpointId: 'cvpn-endpoint-0a',
        start: '2026-10-25T09:30:00Z',
        end: '2026-10-25T10:30:00Z',
        reasons: ['no-run'],
      },
    ],
    pendingSince: '2026-10-26T12:00:00Z',
  };
  const window = { since: '2026-10-24T00:00:00Z', until: '2026-10-26T18:00:00Z' };
  const drawn = (zone: string) =>
    coverageCalendar({
      id: 'c',
      title: 'office',
      endpoint,
      window,
      zone,
      hrefOf: ({ since, until }) => `/ui/evidence?since=${since}&until=${until}`,
    });

  it('has the hours of each day by what is known of them, in words and in its table', () => {
    expect(linksOf(drawn('UTC')).map(({ name }) => name)).toEqual([
      '2026-10-24 00:00 to 24:00: proven',
      '2026-10-25 00:00 to 09:00: proven',
      '2026-10-25 09:00 to 11:00: GAP, of a second or more',
      '2026-10-25 11:00 to 24:00: proven',
      '2026-10-26 00:00 to 12:00: proven',
      '2026-10-26 12:00 to 18:00: not known yet',
    ]);
    expect(rowsOf(drawn('UTC'))).toEqual([
      ['2026-10-24', '', '', '24'],
      ['2026-10-25', '2', '', '22'],
      ['2026-10-26', '', '6', '12'],
    ]);
  });

  it('leads to the time that it was, also on a day of 25 hours', () => {
    const night = linksOf(drawn('Europe/Berlin')).find(({ name }) => name.startsWith('2026-10-25 00:00'));
    expect(night).toEqual({
      name: '2026-10-25 00:00 to 10:00: proven',
      href: '/ui/evidence?since=2026-10-24T22:00:00Z&amp;until=2026-10-25T08:59:59Z',
    });
  });

  it('marks a gap by hatching too', () => {
    expect(written(drawn('UTC')).match(/fill="url\(#c-hatch\)"/g)).toHaveLength(1);
  });
});

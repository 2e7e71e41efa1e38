import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { html } from 'hono/html';
import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import { showBytes } from '../../words/amounts.ts';
import { DIRECTIONS, type Direction, notesOn, type UsagePeriod, usagePeriods } from '../../words/usage-periods.ts';
import { table } from '../parts/table.ts';
import type { Html } from '../screen.ts';
import { figure, MANY, mapLink, percent, scaleLine, spanWords, timeDrawing } from './figure.ts';
import { type Span, type TimeAxis, timeAxis, type Window } from './time-axis.ts';

const HEIGHT = 90;
/** Units of a path's own width, which is stretched to the page's. */
const PATH_WIDTH = 1000;

/**
 * Bytes a second over the life of a connection, each direction by itself: what is not known stays open, and is hatched.
 *
 * @param hrefOf the page with the time from one snapshot to another as its window
 */
export function usageChart(
  id: string,
  samples: readonly UsageSample[],
  zone: string,
  hrefOf: (window: Window) => string,
): Html {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || first === last) return html``;
  const axis = timeAxis({ since: first.at, until: last.at }, zone);
  return html`${(['ingressBytes', 'egressBytes'] as const).map((name) => directionChart(`${id}-${name}`, name, samples, { axis, hrefOf }))}`;
}

function directionChart(
  id: string,
  name: Direction,
  samples: readonly UsageSample[],
  { axis, hrefOf }: { readonly axis: TimeAxis; readonly hrefOf: (window: Window) => string },
): Html {
  const periods = usagePeriods(samples, name);
  const hrefs = samples.slice(1).map(({ slot }, index) => hrefOf({ since: samples[index]?.slot ?? slot, until: slot }));
  const highest = max(periods, ({ rate }) => rate) ?? 0;
  const scale = scaleLinear([0, Math.max(1, highest)], [HEIGHT, 14]);
  const word = DIRECTIONS[name];
  const title = `${word[0]?.toUpperCase()}${word.slice(1)}, bytes a second`;
  const resets = samples.flatMap(({ at, since }) => (since?.reset ? [Date.parse(at)] : []));
  const drawing = timeDrawing({
    id,
    height: HEIGHT,
    axis,
    gaps: unknownSpans(periods),
    behind: highest === 0 ? [] : [scaleLine(scale(highest), `${showBytes(Math.round(highest))}/s`)],
    content: html`${periods.map((period, index) => drawReach(period, axis, hrefs[index] ?? '', periods.length > MANY))}${drawPeriods(name, periods, axis, scale)}${resets.map((moment) => drawReset(axis.at(moment)))}`,
  });
  const numbers = table({
    caption: `${title}, ${axis.zone}`,
    hasKeys: false,
    columns: [
      {
        header: 'At',
        isName: true,
        cell: (sample: UsageSample) => {
          const href = hrefs[samples.indexOf(sample) - 1];
          const words = showInZone(sample.at, axis.zone).replace('T', ' ');
          return href === undefined ? words : html`<a href="${href}">${words}</a>`;
        },
      },
      { header: 'Since the sample before', align: 'right', cell: ({ since }) => showBytes(since?.[name]) },
      { header: 'In total', align: 'right', cell: (sample) => showBytes(sample[name]) },
      { header: 'Note', cell: ({ since }) => notesOn(since) },
    ],
    rows: samples,
  });
  const notes = [
    ...(periods.some(({ rate }) => rate === undefined) ? [UNKNOWN_WORDS] : []),
    ...(resets.length > 0 ? [html`<span class="swatch reset" aria-hidden="true"></span> a counter went back`] : []),
  ];
  return figure({ id, title, notes, numbers }, drawing);
}

const UNKNOWN_WORDS = html`<span class="swatch gap" aria-hidden="true"></span> not known`;

/** What is pointed at: the whole height of a period. */
function drawReach(period: UsagePeriod, axis: TimeAxis, href: string, isMany: boolean): Html | string {
  const placed = axis.place(period);
  if (placed === undefined) return '';
  const words = period.rate === undefined ? 'not known' : `${showBytes(Math.round(period.rate))}/s`;
  const reach = html`<rect class="reach" x="${percent(placed.x)}" width="${percent(placed.width)}" y="0" height="${HEIGHT}"/>`;
  return mapLink(href, `${spanWords(period, axis.zone)}: ${words}`, reach, isMany);
}

function drawPeriods(
  name: Direction,
  periods: readonly UsagePeriod[],
  axis: TimeAxis,
  scale: (rate: number) => number,
): Html {
  const points = periods.flatMap(({ start, end, rate }) => [
    { moment: start, rate },
    { moment: end, rate },
  ]);
  const x = ({ moment }: { moment: number }) => (axis.at(moment) / 100) * PATH_WIDTH;
  const y = ({ rate }: { rate: number | undefined }) => scale(rate ?? 0);
  const isKnown = ({ rate }: { rate: number | undefined }) => rate !== undefined;
  type Point = (typeof points)[number];
  const filled = area<Point>(x, scale(0), y).defined(isKnown).curve(curveStepAfter).digits(2)(points);
  const edge = line<Point>(x, y).defined(isKnown).curve(curveStepAfter).digits(2)(points);
  return html`<svg width="100%" height="${HEIGHT}" viewBox="0 0 ${PATH_WIDTH} ${HEIGHT}" preserveAspectRatio="none" class="path" aria-hidden="true"><g class="${name === 'ingressBytes' ? 'sent' : 'received'}"><path class="area" d="${filled}"/><path class="edge" d="${edge}"/></g></svg>`;
}

function drawReset(x: number): Html {
  return html`<g class="reset"><title>A counter went back</title><line x1="${percent(x)}" x2="${percent(x)}" y1="0" y2="${HEIGHT}"/></g>`;
}

/** Neighbours as one. */
function unknownSpans(periods: readonly UsagePeriod[]): Span[] {
  const spans: Span[] = [];
  for (const { start, end, rate } of periods) {
    if (rate !== undefined) continue;
    const before = spans.at(-1);
    if (before?.end === start) spans[spans.length - 1] = { start: before.start, end };
    else spans.push({ start, end });
  }
  return spans;
}

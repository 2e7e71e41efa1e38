import { bisectRight, max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { html } from 'hono/html';
import { count } from '../../words/amounts.ts';
import { table } from '../parts/table.ts';
import type { Html } from '../screen.ts';
import {
  figure,
  GAP_WORDS,
  gapWords,
  MANY,
  mapLink,
  nameStretch,
  percent,
  round,
  scaleLine,
  spanWords,
  timeDrawing,
} from './figure.ts';
import type { Span, TimeAxis } from './time-axis.ts';

/** What happened within a stretch of time. */
export interface Bin extends Span {
  readonly count: number;
  /** The page with this stretch as its window. */
  readonly href: string;
}

interface Histogram {
  readonly id: string;
  readonly title: string;
  readonly axis: TimeAxis;
  readonly bins: readonly Bin[];
  readonly gaps: readonly Span[];
  /** What is counted, singular. */
  readonly noun: string;
  readonly notes?: readonly (Html | string)[];
}

const HEIGHT = 120;

/** How many of something there were over time: a bar for each stretch, which leads to what is in it. */
export function histogram({ id, title, axis, bins, gaps, noun, notes = [] }: Histogram): Html {
  const most = max(bins, (bin) => bin.count) ?? 0;
  const scale = scaleLinear([0, Math.max(1, most)], [HEIGHT, 14]);
  const { zone } = axis;
  const gridded = scale.ticks(3).filter((value) => Number.isInteger(value) && value > 0);
  const drawing = timeDrawing({
    id,
    height: HEIGHT,
    axis,
    gaps,
    behind: gridded.map((value) => scaleLine(scale(value), value.toLocaleString('en'))),
    content: bins.map((bin) =>
      drawBin(bin, axis, scale(bin.count), nameStretch(bin, zone, count(bin.count, noun), gaps), bins.length > MANY),
    ),
  });
  const numbers = table({
    caption: `${title}, ${zone}`,
    hasKeys: false,
    columns: [
      {
        header: 'From and to',
        isName: true,
        cell: (bin: Bin) => html`<a href="${bin.href}">${spanWords(bin, zone)}</a>`,
      },
      { header: 'Number', align: 'right', cell: (bin) => bin.count },
      ...(gaps.length === 0 ? [] : [{ header: 'Note', cell: (bin: Bin) => gapWords(bin, gaps) }]),
    ],
    rows: bins.filter((bin) => bin.count > 0 || gapWords(bin, gaps) !== ''),
  });
  const hatched = gaps.length === 0 ? [] : [GAP_WORDS];
  return figure({ id, title, notes: [...notes, ...hatched], numbers }, drawing);
}

function drawBin(bin: Bin, axis: TimeAxis, y: number, name: string, isMany: boolean): Html {
  const placed = axis.place(bin);
  if (placed === undefined) return html``;
  const [x, width] = [percent(placed.x), percent(placed.width)];
  // One alone among thousands is seen too.
  const height = bin.count === 0 ? 0 : Math.max(2, HEIGHT - y);
  return mapLink(
    bin.href,
    name,
    html`<rect class="reach" x="${x}" width="${width}" y="0" height="${HEIGHT}"/><rect class="bar" x="${x}" width="${width}" y="${round(HEIGHT - height)}" height="${round(height)}"/>`,
    isMany,
  );
}

/** How many of these moments, milliseconds since 1970, are in each part of the window; the end of the last part belongs to it. */
export function countInto(parts: readonly Span[], moments: readonly number[]): number[] {
  const counts = parts.map(() => 0);
  const starts = parts.map(({ start }) => start);
  const end = parts.at(-1)?.end ?? Number.NEGATIVE_INFINITY;
  for (const moment of moments) {
    const part = bisectRight(starts, moment) - 1;
    if (part >= 0 && moment <= end) counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}

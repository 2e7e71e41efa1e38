import { html } from 'hono/html';
import type { Html } from '../screen.ts';
import { atLeast, drawGap, figure, GAP_WORDS, MANY, mapLink, percent, spanWords, timeDrawing } from './figure.ts';
import type { Span, TimeAxis } from './time-axis.ts';

/** A bar: something that lasted. */
export interface Bar extends Span {
  readonly href: string;
  /** What it is, for whoever points at it or does not see it. */
  readonly name: string;
  /** Until here it may have lasted, milliseconds since 1970, where the end is not known exactly. */
  readonly possibleEnd?: number | undefined;
  /** It goes on beyond what is known. */
  readonly isOpen?: boolean;
}

/** A row of bars. */
export interface Lane {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** When its place was not recorded. */
  readonly gaps: readonly Span[];
}

interface Lanes {
  readonly id: string;
  readonly title: string;
  readonly axis: TimeAxis;
  readonly lanes: readonly Lane[];
  /** When no place was recorded. */
  readonly gaps: readonly Span[];
  /** Marked over all lanes: what happened in two of them at once. */
  readonly doubled: readonly Span[];
  readonly doubledName: string;
  /** The page with a stretch as its window. */
  readonly hrefOf: (span: Span) => string;
  readonly numbers: Html;
}

const LANE_HEIGHT = 44;
const BAR_HEIGHT = 16;
/** Room for the marks of what was doubled. */
const TOP = 18;

/** Bars over time, a row for each place or person; what overlaps is bracketed, named and cross-hatched. */
export function lanesChart({ id, title, axis, lanes, gaps, doubled, doubledName, hrefOf, numbers }: Lanes): Html {
  const top = doubled.length > 0 ? TOP : 0;
  const isMany = lanes.reduce((sum, { bars }) => sum + bars.length, 0) > MANY;
  const height = top + lanes.length * LANE_HEIGHT;
  const content = html`${doubled.map((span) => drawDoubled(id, axis, span, { height, name: `${doubledName}: ${spanWords(span, axis.zone)}`, href: hrefOf(span), isMany }))}
${lanes.map((lane, index) => drawLane(id, lane, axis, top + index * LANE_HEIGHT, isMany))}`;
  const words = [
    ...(doubled.length > 0 ? [html`<span class="swatch doubled" aria-hidden="true"></span> ${doubledName}`] : []),
    ...(lanes.some(({ bars }) => bars.some(({ possibleEnd }) => possibleEnd !== undefined))
      ? [html`<span class="swatch possible" aria-hidden="true"></span> possible: the end is known only within bounds`]
      : []),
    ...([gaps, ...lanes.map((lane) => lane.gaps)].some((all) => all.length > 0) ? [GAP_WORDS] : []),
  ];
  return figure({ id, title, notes: words, numbers }, timeDrawing({ id, height, axis, gaps, content }));
}

function drawLane(id: string, { label, bars, gaps }: Lane, axis: TimeAxis, y: number, isMany: boolean): Html {
  return html`<g role="group" aria-label="${label}">${gaps.map((gap) => drawGap(id, axis, gap, y, LANE_HEIGHT, ` at ${label}`))}<text class="lane-label" x="2" y="${y + 14}" aria-hidden="true">${label}</text><line class="lane" x1="0" x2="100%" y1="${y + 20 + BAR_HEIGHT}" y2="${y + 20 + BAR_HEIGHT}" aria-hidden="true"/>
${bars.map((bar) => drawBar(bar, axis, y + 20, isMany))}</g>`;
}

function drawBar(
  { href, name, possibleEnd, isOpen, start, end }: Bar,
  axis: TimeAxis,
  y: number,
  isMany: boolean,
): Html | string {
  const whole = axis.place({ start, end: possibleEnd ?? Math.max(end, start + 1) });
  if (whole === undefined) return '';
  const sure = axis.place({ start, end: Math.max(end, start + 1) });
  const shape = (placed: NonNullable<typeof whole>, kind: string) =>
    html`<rect class="bar ${kind}" x="${percent(placed.x)}" width="${atLeast(placed.width, 0.6)}" y="${y}" height="${BAR_HEIGHT}" rx="2"/>`;
  const possible = possibleEnd === undefined ? '' : shape(whole, 'possible');
  const onward = isOpen
    ? html`<line class="onward" x1="${percent(whole.x + whole.width)}" x2="${percent(whole.x + whole.width)}" y1="${y - 3}" y2="${y + BAR_HEIGHT + 3}"/>`
    : '';
  return mapLink(
    href,
    name,
    html`${possible}${sure === undefined ? '' : shape(sure, isOpen ? 'open' : 'ended')}${onward}`,
    isMany,
  );
}

function drawDoubled(
  id: string,
  axis: TimeAxis,
  span: Span,
  { height, name, href, isMany }: { height: number; name: string; href: string; isMany: boolean },
): Html | string {
  const placed = axis.place(span);
  if (placed === undefined) return '';
  const [x, width] = [percent(placed.x), atLeast(placed.width, 0.5)];
  const anchor = placed.x > 90 ? 'end' : 'start';
  const shape = html`<g class="doubled"><rect x="${x}" width="${width}" y="${TOP - 4}" height="${height - TOP + 4}" fill="url(#${id}-twice)"/><rect class="bracket" x="${x}" width="${width}" y="${TOP - 6}" height="3"/></g>`;
  const sign = html`<text class="twice-sign" x="${x}" y="${TOP - 8}" text-anchor="${anchor}" aria-hidden="true">2×</text>`;
  return html`${mapLink(href, name, shape, isMany)}${sign}`;
}

/** When two or more of these lasted at once; neighbours as one. */
export function overlapsOf(spans: readonly Span[]): Span[] {
  const edges = spans
    .flatMap(({ start, end }) => [
      { moment: start, by: 1 },
      { moment: end, by: -1 },
    ])
    // One that ends when another begins does not overlap it.
    .sort((one, other) => one.moment - other.moment || one.by - other.by);
  const overlaps: Span[] = [];
  let depth = 0;
  let from: number | undefined;
  for (const { moment, by } of edges) {
    depth += by;
    if (depth === 2 && by === 1) from = moment;
    if (depth === 1 && by === -1 && from !== undefined) {
      const before = overlaps.at(-1);
      if (before?.end === from) overlaps[overlaps.length - 1] = { start: before.start, end: moment };
      else if (moment > from) overlaps.push({ start: from, end: moment });
      from = undefined;
    }
  }
  return overlaps;
}

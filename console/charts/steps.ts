import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { html } from 'hono/html';
import { type Instant, toInstant, toMilliseconds } from '../../lambda/trail/time.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
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
import { cutWindow, type Span, type TimeAxis } from './time-axis.ts';

/** From this moment on there were so many, until the next step. */
export interface Step {
  readonly at: Instant;
  readonly count: number;
}

interface Steps {
  readonly id: string;
  readonly title: string;
  readonly axis: TimeAxis;
  /** In order. */
  readonly steps: readonly Step[];
  readonly gaps: readonly Span[];
  /** What is counted, singular. */
  readonly noun: string;
  /** A number that cannot be exceeded, with its name. */
  readonly limit?: { readonly count: number; readonly name: string } | undefined;
  /** The page with a stretch as its window. */
  readonly hrefOf: (span: Span) => string;
}

interface Part extends Span {
  readonly most: number;
  readonly least: number;
}

const HEIGHT = 140;
/** More parts than these would be narrower than a pointer can reach. */
const PARTS = 120;

/** How many there were at once. Each part of the window has the most and the fewest within it, so that no peak is lost to the drawing. */
export function stepsChart({ id, title, axis, steps, gaps, noun, limit, hrefOf }: Steps): Html {
  const parts = partsOf(steps, cutWindow(axis, PARTS));
  const most = max(parts, (part) => part.most) ?? 0;
  const isLimitNear = limit !== undefined && limit.count <= 2 * most;
  const scale = scaleLinear([0, Math.max(1, isLimitNear ? limit.count : most)], [HEIGHT, 14]);
  const { zone } = axis;
  const peak = steps.find((step) => step.count === most);
  const grid = scale.ticks(3).filter((value) => Number.isInteger(value) && value > 0);
  const drawing = timeDrawing({
    id,
    height: HEIGHT,
    axis,
    gaps,
    behind: html`${grid.map((value) => scaleLine(scale(value), value.toLocaleString('en')))}${isLimitNear ? html`<line class="limit" x1="0" x2="100%" y1="${round(scale(limit.count))}" y2="${round(scale(limit.count))}"/>` : ''}`,
    content: html`${parts.map((part) => drawPart(part, axis, scale, nameStretch(part, zone, numberWords(part, noun), gaps), hrefOf(part), parts.length > MANY))}${peak === undefined || most === 0 ? '' : drawPeak(axis.at(toMilliseconds(peak.at)), scale(most))}`,
  });
  const numbers = table({
    caption: `${title}, ${zone}`,
    hasKeys: false,
    columns: [
      {
        header: 'From and to',
        isName: true,
        cell: (part: Part) => html`<a href="${hrefOf(part)}">${spanWords(part, zone)}</a>`,
      },
      { header: 'Fewest', align: 'right', cell: (part) => part.least },
      { header: 'Most', align: 'right', cell: (part) => part.most },
      ...(gaps.length === 0 ? [] : [{ header: 'Note', cell: (part: Part) => gapWords(part, gaps) }]),
    ],
    rows: parts,
  });
  const notes = [
    html`<span class="swatch least" aria-hidden="true"></span> all the time, <span class="swatch most" aria-hidden="true"></span> at most`,
    ...(peak === undefined
      ? []
      : [
          html`<span class="swatch peak" aria-hidden="true"></span> the most: ${count(most, noun)}, first at ${showInZone(toInstant(toMilliseconds(peak.at)), zone).replace('T', ' ')}`,
        ]),
    ...(limit === undefined
      ? []
      : [
          html`${isLimitNear ? html`<span class="swatch limit" aria-hidden="true"></span> ` : ''}${limit.name}: ${limit.count.toLocaleString('en')}`,
        ]),
    ...(gaps.length === 0 ? [] : [GAP_WORDS]),
  ];
  return figure({ id, title, notes, numbers }, drawing);
}

const numberWords = ({ most, least }: Part, noun: string): string =>
  most === least ? count(most, noun) : `${least.toLocaleString('en')} to ${count(most, noun)}`;

/** The most and the fewest of each part, with what there was when it began. */
function partsOf(steps: readonly Step[], spans: readonly Span[]): Part[] {
  let next = 0;
  let current = 0;
  return spans.map((span) => {
    while (next < steps.length && momentOf(steps[next]) <= span.start) current = steps[next++]?.count ?? current;
    let [most, least] = [current, current];
    while (next < steps.length && momentOf(steps[next]) < span.end) {
      current = steps[next++]?.count ?? current;
      most = Math.max(most, current);
      least = Math.min(least, current);
    }
    return { ...span, most, least };
  });
}

const momentOf = (step: Step | undefined): number => Date.parse(step?.at ?? '');

function drawPart(
  part: Part,
  axis: TimeAxis,
  scale: (count: number) => number,
  name: string,
  href: string,
  isMany: boolean,
): Html | string {
  const placed = axis.place(part);
  if (placed === undefined) return '';
  const [x, width] = [percent(placed.x), percent(placed.width)];
  const [top, bottom] = [round(scale(part.most)), round(scale(part.least))];
  return mapLink(
    href,
    name,
    html`<rect class="reach" x="${x}" width="${width}" y="0" height="${HEIGHT}"/><rect class="step most" x="${x}" width="${width}" y="${top}" height="${round(HEIGHT - top)}"/><rect class="step least" x="${x}" width="${width}" y="${bottom}" height="${round(HEIGHT - bottom)}"/>`,
    isMany,
  );
}

function drawPeak(x: number, y: number): Html {
  return html`<circle class="peak" cx="${percent(x)}" cy="${round(y)}" r="3.5" aria-hidden="true"/>`;
}

import { html } from 'hono/html';
import { toInstant } from '../../lambda/trail/time.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import type { Html } from '../screen.ts';
import type { Span, TimeAxis } from './time-axis.ts';

/** What a chart is about. */
export interface Described {
  /** One for each chart of a page. */
  readonly id: string;
  readonly title: string;
  /** What the signs mean, and what is rounded or left out. */
  readonly notes?: readonly (Html | string)[];
  /** The same numbers, as a table. */
  readonly numbers: Html;
}

/** Height of the labels of time, below the drawing. */
const AXIS_HEIGHT = 22;

/** A chart with its title, its words and its numbers. */
export function figure({ id, title, notes = [], numbers }: Described, drawing: Html): Html {
  const words =
    notes.length === 0 ? '' : html`<p class="chart-notes">${notes.map((note) => html`<span>${note}</span> `)}</p>`;
  return html`<figure class="chart">
<figcaption id="${id}-title">${title}</figcaption>
${drawing}
${words}
<details class="numbers"><summary>The same in numbers<span class="unseen">: ${title}</span></summary>${numbers}</details>
</figure>`;
}

interface Drawn {
  readonly id: string;
  readonly height: number;
  readonly axis: TimeAxis;
  /** What nobody may rely on: hatched over the whole height, under the content and through it, with a strip on top. */
  readonly gaps: readonly Span[];
  /** Below the gaps, like lines of a scale. */
  readonly behind?: Html | readonly Html[];
  readonly content: Html | readonly Html[];
}

/**
 * A drawing over time. Widths are percents of the page's, heights are pixels, so that texts keep their size on any screen; there is no
 * `role="img"`, as that would hide the links in it (ADR 44).
 */
export function timeDrawing({ id, height, axis, gaps, behind = [], content }: Drawn): Html {
  return html`<svg class="drawing" width="100%" height="${height + AXIS_HEIGHT}" role="group" aria-labelledby="${id}-title" focusable="false">
${hatching(id)}
<g aria-hidden="true">${axis.marks.map((mark, index) => drawTick(mark, height, index % 2 === 1))}${behind}</g>
${gaps.map((gap) => drawGap(id, axis, gap, 0, height))}
${content}
${gaps.map((gap) => crossOut(id, axis, gap, height))}
<line class="base" x1="0" x2="100%" y1="${height}" y2="${height}"/>
</svg>`;
}

/** @param isOther every second one, whose label has no room on a narrow screen */
function drawTick({ x, label, isDay }: TimeAxis['marks'][number], height: number, isOther: boolean): Html {
  const anchor = x < 6 ? 'start' : x > 94 ? 'end' : 'middle';
  return html`<line class="tick${isDay ? ' day' : ''}" x1="${percent(x)}" x2="${percent(x)}" y1="0" y2="${height}"/><text class="tick-label${isOther ? ' other' : ''}" x="${percent(x)}" y="${height + 16}" text-anchor="${anchor}">${label}</text>`;
}

/** Patterns by the drawing's own names, as a page may have several. */
export function hatching(id: string): Html {
  return html`<defs><pattern id="${id}-hatch" class="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="7"/></pattern><pattern id="${id}-over" class="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="cut" x1="0" x2="0" y1="0" y2="7"/><line x1="0" x2="0" y1="0" y2="7"/></pattern><pattern id="${id}-twice" class="twice" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><line x1="0" x2="0" y1="0" y2="6"/></pattern></defs>`;
}

/** A stretch that nobody may rely on, from one height to another. */
export function drawGap(id: string, axis: TimeAxis, gap: Span, y: number, height: number, where = ''): Html | string {
  const placed = axis.place(gap);
  if (placed === undefined) return '';
  const name = `Not recorded${where}: ${spanWords(gap, axis.zone)}`;
  return html`<g class="gap" role="img" aria-label="${name}"><title>${name}</title><rect x="${percent(placed.x)}" width="${atLeast(placed.width)}" y="${y}" height="${height}" fill="url(#${id}-hatch)"/></g>`;
}

/** The same over what is drawn there, so that no bar hides it: lines that cut through the bars, and a strip on top. What is under it can be pointed at. */
function crossOut(id: string, axis: TimeAxis, gap: Span, height: number): Html | string {
  const placed = axis.place(gap);
  if (placed === undefined) return '';
  const [x, width] = [percent(placed.x), atLeast(placed.width)];
  return html`<g class="gap-over" aria-hidden="true"><rect x="${x}" width="${width}" y="0" height="${height}" fill="url(#${id}-over)"/><rect class="strip" x="${x}" width="${width}" y="-5" height="5"/></g>`;
}

/** What a gap does to a stretch of a chart, in words; empty where none touches it. */
export function gapWords(stretch: Span, gaps: readonly Span[]): string {
  const touching = gaps.filter(({ start, end }) => start < stretch.end && end >= stretch.start);
  if (touching.length === 0) return '';
  const isWhole = touching.some(({ start, end }) => start <= stretch.start && end >= stretch.end);
  return isWhole ? 'not recorded' : 'not recorded in part';
}

/** The name of a stretch of a chart: when it was, what there was, and whether a gap touches it. */
export function nameStretch(stretch: Span, zone: string, words: string, gaps: readonly Span[]): string {
  return [`${spanWords(stretch, zone)}: ${words}`, gapWords(stretch, gaps)].filter(Boolean).join(', ');
}

/** A part of a drawing that leads somewhere. Where there are many the keyboard takes the links of the table instead. */
export function mapLink(href: string, name: string, content: Html, isMany: boolean): Html {
  return html`<a href="${href}" aria-label="${name}"${isMany ? html` tabindex="-1"` : ''}><title>${name}</title>${content}</a>`;
}

/** More than so many stops of the keyboard are none. */
export const MANY = 40;

/** A stretch of time in words. */
export function spanWords({ start, end }: Span, zone: string): string {
  const show = (moment: number) => showInZone(toInstant(moment), zone).replace('T', ' ');
  return `${show(start)} to ${show(end)}`;
}

/** A width or a place, in percent with three digits: more than a pixel of any screen. */
export function percent(number: number): string {
  return `${Math.round(number * 1000) / 1000}%`;
}

/** A width that can be seen, however short the time was. */
export function atLeast(width: number, least = 0.25): string {
  return percent(Math.max(width, least));
}

/** What hatching means. */
export const GAP_WORDS = html`<span class="swatch gap" aria-hidden="true"></span> not recorded: somebody may be missing`;

/** A line of the scale, with its number. */
export function scaleLine(y: number, label: string): Html {
  return html`<line class="scale" x1="0" x2="100%" y1="${round(y)}" y2="${round(y)}"/><text class="scale-label" x="2" y="${round(y - 3)}">${label}</text>`;
}

/** A height, to a tenth of a pixel. */
export function round(number: number): number {
  return Math.round(number * 10) / 10;
}

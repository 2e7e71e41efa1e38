import { scaleLinear } from 'd3-scale';
import { utcTickInterval } from 'd3-time';
import { type Instant, toInstant, toMilliseconds } from '../../lambda/trail/time.ts';
import { instantsOf, offsetAt, showInZone } from '../../lambda/trail/time-zone.ts';

/** A window of time. */
export interface Window {
  readonly since: Instant;
  readonly until: Instant;
}

/** A stretch of time, milliseconds since 1970, its end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Mark {
  /** Percent of the width. */
  readonly x: number;
  readonly label: string;
  /** The first of a day. */
  readonly isDay: boolean;
}

/** Where the moments of a window stand, from 0 to 100 percent of a chart's width. */
export interface TimeAxis {
  readonly window: Span;
  readonly zone: string;
  readonly marks: readonly Mark[];
  readonly at: (moment: number) => number;
  /** The part of a stretch that is in the window; undefined where none is. */
  readonly place: (span: Span) => { readonly x: number; readonly width: number } | undefined;
}

const FEW = 6;

/** The axis of a window in a zone: its marks are round times there, also over a change to summer time. */
export function timeAxis({ since, until }: Window, zone: string): TimeAxis {
  const window = { start: toMilliseconds(since), end: Math.max(toMilliseconds(until), toMilliseconds(since) + 1000) };
  const scale = scaleLinear([window.start, window.end], [0, 100]).clamp(true);
  return {
    window,
    zone,
    marks: roundTimes(window, zone, FEW).map((moment) => ({ x: scale(moment), ...labelOf(moment, zone) })),
    at: scale,
    place: ({ start, end }) => {
      if (end <= window.start || start >= window.end) return undefined;
      const x = scale(start);
      return { x, width: scale(end) - x };
    },
  };
}

/** The window cut at round times of the zone into as many parts as are wanted, about; the first and the last may be shorter. */
export function cutWindow({ window, zone }: Pick<TimeAxis, 'window' | 'zone'>, parts: number): Span[] {
  const inside = roundTimes(window, zone, parts).filter((moment) => moment > window.start && moment < window.end);
  const edges = [window.start, ...inside, window.end];
  return edges.slice(1).map((end, index) => ({ start: edges[index] ?? end, end }));
}

/** Round times by the zone's clocks; a time that they skipped has none, and of one that they showed twice it is the first. */
function roundTimes({ start, end }: Span, zone: string, number: number): number[] {
  const [first, last] = [start + offsetAt(start, zone), end + offsetAt(end, zone)];
  const interval = utcTickInterval(new Date(first), new Date(last), number);
  const locals = interval?.range(new Date(first), new Date(last + 1)) ?? [];
  return locals
    .flatMap((local) => instantsOf(local.getTime(), zone).slice(0, 1))
    .filter((moment) => moment >= start && moment <= end);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time of day, or at midnight the day; at the beginning of a year that too. */
function labelOf(moment: number, zone: string): { label: string; isDay: boolean } {
  const [date = '', time = ''] = showInZone(toInstant(moment), zone).split('T');
  const clock = time.slice(0, 8).replace(/^(\d\d:\d\d):00$/, '$1');
  if (clock !== '00:00') return { label: clock, isDay: false };
  const [year, month, day] = date.split('-').map(Number);
  const label = `${day} ${MONTHS[(month ?? 1) - 1]}`;
  return { label: month === 1 && day === 1 ? `${label} ${year}` : label, isDay: true };
}

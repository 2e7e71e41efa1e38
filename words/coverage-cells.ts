import type { CoverageAnswer, EndpointCoverage } from '../lambda/query/schemas/coverage.ts';
import { toInstant } from '../lambda/trail/time.ts';
import { DAY_MILLISECONDS, instantsOf, type LocalTime, showInZone, startOfDay } from '../lambda/trail/time-zone.ts';
import { stretchesOf } from './coverage-stretches.ts';

/**
 * The state of a part of a day. If several apply, the first one counts, so that a gap of a second is visible:
 * `outside` is not in the window, or an hour that the clocks skipped.
 */
export const CELL_STATES = ['gap', 'unrecorded', 'pending', 'proven', 'none', 'outside'] as const;

/** One of {@link CELL_STATES}. */
export type CellState = (typeof CELL_STATES)[number];

/** What each state is called. */
export const CELL_MEANINGS: Readonly<Record<CellState, string>> = {
  gap: 'GAP, of a second or more',
  unrecorded: 'before the first snapshot',
  pending: 'not known yet',
  proven: 'proven',
  none: 'no endpoint (not created yet, or deleted)',
  outside: '',
};

/** A stretch of time, milliseconds since 1970, its end not included. */
export interface CalendarSpan {
  readonly start: number;
  readonly end: number;
}

interface KnownSpan extends CalendarSpan {
  readonly state: CellState;
}

const HOUR = 3_600_000;
/** The clocks of no zone are put forward or back by less, or at another time. */
const QUARTER = HOUR / 4;
/** Of time in which nothing was recorded, so much is drawn before what was, and of time to come after it. */
const CONTEXT = 7 * DAY_MILLISECONDS;
const BEFORE_FIRST = 'before-first-snapshot';

/** The coverage of an endpoint, for the cells of its calendar. */
export class KnownTime {
  readonly window: CalendarSpan;
  readonly #spans: readonly KnownSpan[];

  constructor(endpoint: EndpointCoverage, window: CoverageAnswer['window']) {
    const gaps = endpoint.gaps.map(({ start, end, reasons }) => ({
      state: reasons.includes(BEFORE_FIRST) ? ('unrecorded' as const) : ('gap' as const),
      start: Date.parse(start),
      // A gap holds its last second: of a question about just that one the answer is not complete.
      end: Date.parse(end) + 1000,
    }));
    const others = stretchesOf(endpoint, window).filter(({ state }) => state !== 'gap');
    this.#spans = [
      ...gaps,
      ...others.map(({ state, start, end }) => ({
        state,
        start: Date.parse(start),
        end: end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end),
      })),
    ];
    const [since, until] = [Date.parse(window.since), Date.parse(window.until)];
    // Without an end up to now is asked for, and a gap may have begun since what is known of the other endpoints.
    const late = this.#spans.filter(({ state, start }) => state === 'gap' && start >= until).map(({ end }) => end);
    this.window = { start: since, end: Math.max(until, since + 1000, ...late) };
  }

  /** The first and the last moment of which something is known but that nothing was recorded. */
  get known(): CalendarSpan | undefined {
    const moments = this.#spans
      .filter(({ state }) => state !== 'unrecorded' && state !== 'none')
      .flatMap(({ start, end }) => (Number.isFinite(end) ? [start, end] : [start]));
    return moments.length === 0 ? undefined : { start: Math.min(...moments), end: Math.max(...moments) };
  }

  /** What is known of all these spans together. */
  stateOf(spans: readonly CalendarSpan[]): CellState {
    const states = spans.map((span) => this.#stateOfSpan(span));
    return CELL_STATES.find((state) => states.includes(state)) ?? 'outside';
  }

  #stateOfSpan(span: CalendarSpan): CellState {
    const start = Math.max(span.start, this.window.start);
    const end = Math.min(span.end, this.window.end);
    if (start >= end) return 'outside';
    const met = this.#spans.filter((known) => known.start < end && known.end > start).map(({ state }) => state);
    // Unknown time must not look proven.
    return CELL_STATES.find((state) => met.includes(state)) ?? 'pending';
  }
}

/** The day, as the zone's calendar has it, that holds a moment. */
function localDayOf(moment: number, zone: string): LocalTime {
  return Date.parse(showInZone(toInstant(moment), zone).slice(0, 10));
}

/**
 * When clocks in the zone showed certain hours of a day, given the first of them and their number: twice where the clocks were
 * put back, never where they were put forward.
 */
export function hoursOf(day: LocalTime, zone: string): (hour: number, hours: number) => CalendarSpan[] {
  const start = startOfDay(day, zone);
  if (startOfDay(day + DAY_MILLISECONDS, zone) - start === DAY_MILLISECONDS) {
    return (hour, hours) => [{ start: start + hour * HOUR, end: start + (hour + hours) * HOUR }];
  }
  return (hour, hours) =>
    Array.from({ length: (hours * HOUR) / QUARTER }, (_, index) => day + hour * HOUR + index * QUARTER)
      .flatMap((local) => instantsOf(local, zone))
      .map((moment) => ({ start: moment, end: moment + QUARTER }));
}

/** The days that are drawn, and in words which are not: years without a snapshot would hide what there is. */
export function drawnDays({ window, known }: KnownTime, zone: string): { days: LocalTime[]; leftOut: string } {
  const { start, end } = known ?? { start: window.end, end: window.end };
  const first = Math.max(window.start, Math.min(start - CONTEXT, window.end - 1));
  const last = Math.max(first, Math.min(window.end, end + CONTEXT) - 1);
  const [firstDay, lastDay] = [localDayOf(first, zone), localDayOf(last, zone)];
  const leftOut = [
    ...(firstDay > localDayOf(window.start, zone) ? [`before ${dateOf(firstDay)} nothing is recorded`] : []),
    ...(lastDay < localDayOf(window.end - 1, zone) ? [`after ${dateOf(lastDay)} nothing is`] : []),
  ];
  return {
    days: Array.from(
      { length: Math.round((lastDay - firstDay) / DAY_MILLISECONDS) + 1 },
      (_, index) => firstDay + index * DAY_MILLISECONDS,
    ),
    leftOut: leftOut.length === 0 ? '' : `Not drawn: ${leftOut.join('; ')}.`,
  };
}

/** A day as people write it, like `2026-11-22`. */
export const dateOf = (day: LocalTime): string => toInstant(day).slice(0, 10);

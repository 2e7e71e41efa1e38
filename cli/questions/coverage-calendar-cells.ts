import type { CoverageAnswer, EndpointCoverage } from '../../lambda/query/schemas/coverage.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { DAY_MILLISECONDS, instantsOf, type LocalTime, showInZone, startOfDay } from '../../lambda/trail/time-zone.ts';
import { stretchesOf } from './coverage-stretches.ts';

/**
 * The state of a part of a day. If several apply, the first one counts, so that a gap of a second is visible:
 * `outside` is not in the window, or an hour that the clocks skipped.
 */
export const CELL_STATES = ['gap', 'unrecorded', 'pending', 'proven', 'none', 'outside'] as const;

/** One of {@link CELL_STATES}. */
export type CellState = (typeof CELL_STATES)[number];

/** A stretch of time, milliseconds since 1970, its end not included. */
interface CalendarSpan {
  readonly start: number;
  readonly end: number;
}

interface KnownSpan extends CalendarSpan {
  readonly state: CellState;
}

const HOUR = 3_600_000;
/** The clocks of no zone are put forward or back by less, or at another time. */
const QUARTER = HOUR / 4;
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
export function localDayOf(moment: number, zone: string): LocalTime {
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

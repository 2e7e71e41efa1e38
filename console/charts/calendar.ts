import { sum } from 'd3-array';
import { html } from 'hono/html';
import type { CoverageAnswer, EndpointCoverage } from '../../lambda/query/schemas/coverage.ts';
import { addSeconds, toInstant } from '../../lambda/trail/time.ts';
import type { LocalTime } from '../../lambda/trail/time-zone.ts';
import {
  CELL_MEANINGS,
  CELL_STATES,
  type CellState,
  dateOf,
  drawnDays,
  hoursOf,
  KnownTime,
} from '../../words/coverage-cells.ts';
import { table } from '../parts/table.ts';
import type { Html } from '../screen.ts';
import { figure, hatching, mapLink, percent } from './figure.ts';
import type { Window } from './time-axis.ts';

interface Calendar {
  readonly id: string;
  readonly title: string;
  readonly endpoint: EndpointCoverage;
  readonly window: CoverageAnswer['window'];
  readonly zone: string;
  /** The page with this time as its window. */
  readonly hrefOf: (window: Window) => string;
}

interface DayRuns {
  readonly day: LocalTime;
  readonly runs: readonly Run[];
}

/** Hours of a day in a row of which the same is known. */
interface Run {
  /** The first hour of it, as the clocks showed it. */
  readonly hour: number;
  readonly hours: number;
  readonly state: CellState;
  readonly window: Window;
}

const ROW = 10;
const TOP = 30;
/** Percent of the width that the hours take. */
const CLOCKS = 7;
/** More columns would be narrower than a pointer can reach. */
const MOST_DAYS = 62;
/** Each of these gets its number also on a narrow screen. */
const FEW_DAYS = 10;

/**
 * What is known of each hour: days across, hours down, so that a night without recordings is a column with a hole. An hour is what matters most
 * in it; a gap of a second makes it one. Of longer times the last days are drawn.
 */
export function coverageCalendar({ id, title, endpoint, window, zone, hrefOf }: Calendar): Html {
  const time = new KnownTime(endpoint, window);
  const { days: all, leftOut } = drawnDays(time, zone);
  const days = all.slice(-MOST_DAYS);
  const drawn = days.map((day) => ({ day, runs: runsOf(day, time, zone) }));
  const seen = new Set(drawn.flatMap(({ runs }) => runs.map(({ state }) => state)));
  const states = CELL_STATES.filter((state) => seen.has(state));
  const width = (100 - CLOCKS) / days.length;
  const drawing = html`<svg class="drawing calendar" width="100%" height="${TOP + 24 * ROW}" role="group" aria-labelledby="${id}-title" focusable="false">
${hatching(id)}
<g aria-hidden="true">${[0, 6, 12, 18].map((hour) => html`<text class="tick-label" x="0" y="${TOP + hour * ROW + 9}">${clock(hour).slice(0, 2)}</text>`)}${dayLabels(days, width)}</g>
${drawn.map(({ day, runs }, index) => runs.map((run) => drawRun(id, day, run, CLOCKS + index * width, width, hrefOf)))}
</svg>`;
  const hoursIn = (runs: readonly Run[], state: CellState) => sum(runs, (run) => (run.state === state ? run.hours : 0));
  const numbers = table({
    caption: `${title}: hours of each day, ${zone}`,
    hasKeys: false,
    columns: [
      {
        header: 'Day',
        isName: true,
        cell: ({ day, runs }: DayRuns) => html`<a href="${hrefOf(wholeOf(runs))}">${dateOf(day)}</a>`,
      },
      ...states.map((state) => ({
        header: CELL_MEANINGS[state],
        align: 'right' as const,
        cell: ({ runs }: DayRuns) => hoursIn(runs, state) || '',
      })),
    ],
    rows: drawn.filter(({ runs }) => runs.length > 0),
  });
  const notes = [
    ...states.map(
      (state) => html`<span class="swatch cell-${state}" aria-hidden="true"></span> ${CELL_MEANINGS[state]}`,
    ),
    ...(leftOut === '' ? [] : [leftOut]),
    ...(days.length < all.length
      ? [`Drawn are the last ${MOST_DAYS} of ${all.length} days; a shorter window shows earlier ones.`]
      : []),
  ];
  return figure({ id, title, notes, numbers }, drawing);
}

function runsOf(day: LocalTime, time: KnownTime, zone: string): Run[] {
  const spansOf = hoursOf(day, zone);
  const runs: Run[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    const spans = spansOf(hour, 1);
    const [first, last] = [spans[0], spans.at(-1)];
    const state = time.stateOf(spans);
    if (first === undefined || last === undefined || state === 'outside') continue;
    const until = addSeconds(toInstant(last.end), -1);
    const before = runs.at(-1);
    if (before?.state === state && before.hour + before.hours === hour) {
      runs[runs.length - 1] = { ...before, hours: before.hours + 1, window: { ...before.window, until } };
    } else runs.push({ hour, hours: 1, state, window: { since: toInstant(first.start), until } });
  }
  return runs;
}

const wholeOf = (runs: readonly Run[]): Window => ({
  since: runs[0]?.window.since ?? '',
  until: runs.at(-1)?.window.until ?? '',
});

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** What is proven is quiet; a gap is hatched and framed, what is pending is framed with dashes. */
function drawRun(
  id: string,
  day: LocalTime,
  { hour, hours, state, window }: Run,
  x: number,
  width: number,
  hrefOf: Calendar['hrefOf'],
): Html {
  const name = `${dateOf(day)} ${clock(hour)} to ${clock(hour + hours)}: ${CELL_MEANINGS[state]}`;
  const box = html`x="${percent(x)}" width="${percent(width)}" y="${TOP + hour * ROW}" height="${hours * ROW}"`;
  const over = state === 'gap' ? html`<rect class="over" ${box} fill="url(#${id}-hatch)"/>` : '';
  return mapLink(hrefOf(window), name, html`<rect class="cell-${state}" ${box}/>${over}`, true);
}

/** The number of each day where there are few, else of each week's first; the month where it begins. */
function dayLabels(days: readonly LocalTime[], width: number): Html[] {
  return days.map((day, index) => {
    const date = new Date(day);
    const number = date.getUTCDate();
    const isMonth = number === 1 || (index === 0 && number <= 28 - FEW_DAYS / 2);
    const month = `${date.toLocaleString('en', { month: 'short', timeZone: 'UTC' })} ${date.getUTCFullYear()}`;
    const isNumbered = days.length <= FEW_DAYS || number % 7 === 1;
    return html`${isMonth ? html`<text class="tick-label" x="${percent(CLOCKS + index * width)}" y="11">${month}</text>` : ''}${isNumbered ? html`<text class="tick-label" x="${percent(CLOCKS + (index + 0.5) * width)}" y="${TOP - 5}" text-anchor="middle">${number}</text>` : ''}`;
  });
}

import type { CoverageAnswer, EndpointCoverage } from '../../lambda/query/schemas/coverage.ts';
import type { LocalTime } from '../../lambda/trail/time-zone.ts';
import {
  CELL_MEANINGS,
  CELL_STATES,
  type CellState,
  drawnDays,
  hoursOf,
  KnownTime,
} from '../../words/coverage-cells.ts';
import { type SeveralOwners, severalOwners } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import { wrapTo } from '../output/fit-text.ts';
import type { Terminal } from '../terminal.ts';
import { CLOCK_WIDTH, dayLine, layOutDays, monthLine } from './coverage-calendar-layout.ts';

/** Distinguishable without colours. */
const SIGNS: Readonly<Record<CellState, string>> = {
  gap: '█',
  unrecorded: '-',
  pending: '?',
  proven: '░',
  none: '·',
  outside: ' ',
};

interface Drawing {
  /** Columns that it may take. */
  readonly width: number;
  /** IANA name of the zone whose days and hours they are. */
  readonly zone: string;
  /** The text in red, and in bold, where colours are shown. */
  readonly colours: Pick<Terminal, 'alarm' | 'strong'>;
}

/** Draws a calendar of each endpoint's coverage, days across and hours down, and what its signs mean. */
export function drawCalendars({ endpoints, window }: CoverageAnswer, drawing: Drawing): string[] {
  const seen = new Set<CellState>();
  const several = severalOwners(endpoints);
  const drawn = endpoints.map((endpoint) => {
    const title = wrapTo(titleOf(endpoint, several), drawing.width);
    const { lines, hours } = drawCalendar(endpoint, window, drawing, seen);
    return { lines: [...title, ...lines], hours };
  });
  const hours = [...new Set(drawn.map((one) => one.hours))].map((one) => (one === 1 ? 'an hour' : `${one} hours`));
  const scale = `Days across, hours down (${drawing.zone}); each sign is ${hours.join(' or ')} of a day.`;
  const signs = CELL_STATES.filter((state) => seen.has(state) && state !== 'outside');
  const legend = signs.map((state) => `${SIGNS[state]} ${CELL_MEANINGS[state]}`);
  return [
    ...drawn.flatMap(({ lines }) => lines),
    ...wrapTo(scale, drawing.width),
    ...joinTo(legend, drawing.width).flatMap((line) => wrapTo(line, drawing.width)),
  ];
}

/** As many side by side as fit. */
function joinTo(texts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const longer = lines.length === 0 ? text : `${lines.pop()}   ${text}`;
    if (longer.length <= width) lines.push(longer);
    else lines.push(longer.slice(0, -text.length).trimEnd(), text);
  }
  return lines;
}

/** An endpoint's id, and its name where it has one; account and Region where there are several. */
export function titleOf({ endpointId, name, ...owner }: EndpointCoverage, several: SeveralOwners): string {
  const told = [name, several.accountId && owner.accountId, several.region && owner.region].filter(Boolean);
  return printable(told.length === 0 ? endpointId : `${endpointId} (${told.join(', ')})`);
}

function drawCalendar(
  endpoint: EndpointCoverage,
  window: CoverageAnswer['window'],
  { width, zone, colours }: Drawing,
  seen: Set<CellState>,
): { lines: string[]; hours: number } {
  const time = new KnownTime(endpoint, window);
  const { days, leftOut } = drawnDays(time, zone);
  const { blocks, hours, dayWidth } = layOutDays(days, width);
  const drawBlock = (days: readonly LocalTime[], clocks = days.map((day) => hoursOf(day, zone))) => [
    ...[monthLine(days, dayWidth), dayLine(days, dayWidth)].map((line) =>
      colours.strong(`${' '.repeat(CLOCK_WIDTH)}${line}`),
    ),
    ...Array.from({ length: 24 / hours }, (_, row) => {
      const states = clocks.map((spansOf) => time.stateOf(spansOf(row * hours, hours)));
      for (const state of states) seen.add(state);
      return `${clock(row * hours)} ${drawRow(states, dayWidth, colours)}`.trimEnd();
    }),
    '',
  ];
  const lines = [...wrapTo(leftOut, width).filter(Boolean), ...blocks.flatMap((days) => drawBlock(days))];
  return { lines, hours };
}

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** Signs of one state side by side are coloured as one. */
function drawRow(states: readonly CellState[], dayWidth: number, { alarm }: Drawing['colours']): string {
  const signs = states.map(
    (state) => SIGNS[state].repeat(Math.max(1, dayWidth - 1)) + ' '.repeat(dayWidth > 1 ? 1 : 0),
  );
  let row = '';
  for (let from = 0, to = 0; from < states.length; from = to) {
    while (to < states.length && states[to] === states[from]) to++;
    const run = signs.slice(from, to).join('');
    row += states[from] === 'gap' ? alarm(run) : run;
  }
  return row;
}

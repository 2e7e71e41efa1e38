import { Command } from 'commander';
import { type CoverageAnswer, coverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { secondsBetween } from '../../lambda/trail/time.ts';
import { showDuration } from '../../words/amounts.ts';
import { type CoverageStretch, coverageSummary, stretchesOf } from '../../words/coverage-stretches.ts';
import { severalOwners } from '../../words/endpoint-labels.ts';
import { timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';
import { type GivenEndpoints, readEndpoints, withEndpoints } from '../asking/endpoint-options.ts';
import { beginInquiry, type Inquiry, readWindow, withApi } from '../asking/inquiry.ts';
import {
  type QuestionOptions,
  type WindowOptions,
  withQuestionOptions,
  withWindowOptions,
} from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import { EXIT } from '../exit-codes.ts';
import { tableWidth } from '../output/format.ts';
import { type ListShape, writeRows } from '../output/row-writer.ts';
import type { Surroundings } from '../surroundings.ts';
import { drawCalendars, titleOf } from './coverage-calendar.ts';

interface CoverageOptions extends QuestionOptions, WindowOptions, GivenEndpoints {
  /** Only the calendar, or all but it; on a terminal both are shown. */
  readonly calendar?: boolean;
}

const EXAMPLES = `
Exit code 3: there is a gap. Exit code 4: there is none, but the window reaches past what is known.

Examples:
  cvpn-audit coverage
  cvpn-audit coverage --since 2026-11-01 --until 2026-11-30
  cvpn-audit coverage --since 365d --calendar
  cvpn-audit coverage --since 24h --output json || alert`;

/** `cvpn-audit coverage`: what is proven, and every gap with its reason. */
export function coverageCommand(surroundings: Surroundings): Command {
  const command = withEndpoints(
    new Command('coverage').description('which time is proven, and every gap with its reason'),
  )
    .option('--calendar', 'only the calendar, also into a pipe or a file')
    .option('--no-calendar', 'the table without the calendar');
  return withQuestionOptions(withWindowOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: CoverageOptions) => {
      const inquiry = beginInquiry(options.calendar ? { ...options, output: 'table' } : options, surroundings);
      if (options.calendar && options.output !== undefined && options.output !== 'table') {
        inquiry.complaints.say(
          `--calendar draws a picture, which there is not in ${options.output}; expected one of them: leave out --calendar, or --output ${options.output}.`,
        );
      }
      const question = { ...readEndpoints(inquiry, options), ...readWindow(inquiry, options) };
      const answer = await withApi(inquiry, (api) => api.ask(['coverage'], question, coverageAnswer));
      await show(answer, inquiry, options.calendar);
      const hasGap = [answer, ...answer.endpoints].some(({ gaps = [] }) => gaps.length > 0);
      if (!answer.complete) surroundings.exit(hasGap ? EXIT.gapFound : EXIT.notComplete);
    });
}

async function show(answer: CoverageAnswer, inquiry: Inquiry, calendar: boolean | undefined): Promise<void> {
  const { format, zone } = inquiry;
  const { terminal } = inquiry.surroundings;
  if (format === 'json') return terminal.write(`${printableJson(answer, 2)}\n`);
  const isDrawn = calendar ?? terminal.width() !== undefined;
  if (format === 'table' && isDrawn && answer.endpoints.length > 0) {
    const drawing = { width: tableWidth(terminal), zone, colours: terminal };
    await terminal.write(`${drawCalendars(answer, drawing).join('\n')}\n${calendar ? '' : '\n'}`);
  }
  if (calendar !== true) await writeStretches(answer, inquiry);
  const kind = answer.complete ? undefined : 'warning';
  for (const line of coverageSummary(answer, zone)) terminal.notice(line, kind);
}

async function writeStretches({ endpoints, window }: CoverageAnswer, inquiry: Inquiry): Promise<void> {
  const { format, zone, surroundings } = inquiry;
  const shape = stretchShape(zone);
  if (format !== 'table') {
    const all = endpoints.flatMap((endpoint) => stretchesOf(endpoint, window));
    return writeRows(shape, all, inquiry);
  }
  const several = severalOwners(endpoints);
  for (const [index, endpoint] of endpoints.entries()) {
    await surroundings.terminal.write(`${index > 0 ? '\n' : ''}${titleOf(endpoint, several)}\n`);
    await writeRows(shape, stretchesOf(endpoint, window), inquiry);
  }
}

/** How stretches are written; tables are of one endpoint each. */
function stretchShape(zone: string): ListShape<CoverageStretch> {
  return {
    name: 'stretches',
    columns: [
      { header: '', rank: 1, least: 7, cell: ({ state }) => (state === 'gap' ? 'GAP' : state) },
      timeColumn('FROM', 1, zone, ({ start }, show) => show(start)),
      timeColumn('TO', 1, zone, ({ end }, show) => (end === undefined ? '(goes on)' : show(end))),
      {
        header: 'LENGTH',
        rank: 3,
        least: 8,
        align: 'right',
        cell: ({ start, end }) => showDuration(end === undefined ? undefined : secondsBetween(start, end)),
      },
      { header: 'REASON', rank: 2, least: 8, cell: ({ reasons }) => reasons.join(', ') },
    ],
    fields: [
      { name: 'endpoint_id', value: (row) => row.endpointId },
      { name: 'state', value: (row) => row.state },
      timeField('start', zone, (row) => row.start),
      timeField('end', zone, (row) => row.end),
      { name: 'reasons', value: (row) => row.reasons.join(' ') },
    ],
  };
}

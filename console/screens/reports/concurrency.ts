import { html } from 'hono/html';
import { isGapOf } from '../../../lambda/trail/coverage.ts';
import { toInstant, toMilliseconds } from '../../../lambda/trail/time.ts';
import { MOST_ASSOCIATIONS } from '../../../reports/concurrency/association-quota.ts';
import {
  type ConcurrencyReport,
  type ConcurrencyRow,
  type Peak,
  reportConcurrency,
} from '../../../reports/concurrency/concurrency.ts';
import { peaksFile } from '../../../reports/concurrency/concurrency-file.ts';
import type { EndpointLabels } from '../../../words/endpoint-labels.ts';
import { stepsChart } from '../../charts/steps.ts';
import { type Span, timeAxis } from '../../charts/time-axis.ts';
import { type Field, givenText } from '../../parts/fields.ts';
import { givenOwners } from '../../parts/owner-choice.ts';
import { type SortableColumn, sortTable } from '../../parts/sorting.ts';
import { table } from '../../parts/table.ts';
import { showEndpoint, showTime } from '../../parts/texts.ts';
import { linkHere, linkTo, type ScreenQuestion } from '../../question.ts';
import type { Html } from '../../screen.ts';
import { reportScreen } from './report-page.ts';

/** `/ui/reports/concurrency`: how many were connected at once, when the most, beside AWS's limit. */
export const concurrencyScreen = reportScreen<ConcurrencyReport, ConcurrencyRow>({
  name: 'concurrency',
  title: 'Concurrency',
  button: 'Show how many',
  about: 'How many were connected at the same time:',
  download: peaksFile,
  more: (question) => ({ summary: "AWS's limit", fields: [associationsField(question)] }),
  options: (question) => ({ associations: givenText(question, 'associations') }),
  make: (ports, asked, question) =>
    reportConcurrency(ports, { ...asked, steps: true, associations: readAssociations(question) }),
  show: (report, { question, labels }) =>
    html`${peakTable(question, report.rows, labels)}${report.rows.map((row, index) => drawSteps(question, report, { row, index, labels }))}`,
});

/** The subnets of an endpoint, where AWS does not tell; NaN if it is no number of them. */
function readAssociations(question: ScreenQuestion): number | undefined {
  const text = givenText(question, 'associations');
  if (text === '') return undefined;
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= MOST_ASSOCIATIONS ? number : Number.NaN;
}

function associationsField(question: ScreenQuestion): Field {
  const isWrong = Number.isNaN(readAssociations(question));
  return {
    name: 'associations',
    label: 'Subnets associated with an endpoint, where AWS does not tell: decides the limit',
    value: givenText(question, 'associations'),
    placeholder: `1 to ${MOST_ASSOCIATIONS}`,
    wrong: isWrong ? `a whole number from 1 to ${MOST_ASSOCIATIONS}` : undefined,
  };
}

const EVERY = 'all endpoints';

function peakTable(question: ScreenQuestion, rows: readonly ConcurrencyRow[], labels: EndpointLabels): Html {
  const columns: SortableColumn<ConcurrencyRow>[] = [
    {
      name: 'endpoint',
      header: 'Endpoint',
      isName: true,
      cell: ({ endpointId }) =>
        endpointId === undefined
          ? EVERY
          : html`<a href="${linkHere(question, { endpoint: endpointId })}">${showEndpoint(labels, endpointId)}</a>`,
      sortBy: ({ endpointId }) => (endpointId === undefined ? undefined : labels.get(endpointId)),
    },
    {
      name: 'most',
      header: 'At once, at most',
      align: 'right',
      cell: ({ atLeast, atMost }) =>
        atLeast.connections === atMost.connections
          ? atMost.connections.toLocaleString('en')
          : `${atLeast.connections.toLocaleString('en')}–${atMost.connections.toLocaleString('en')}`,
      sortBy: ({ atMost }) => atMost.connections,
    },
    {
      name: 'when',
      header: 'First',
      cell: ({ atMost }) => (atMost.connections === 0 ? undefined : showPeak(question, atMost)),
      sortBy: ({ atMost }) => atMost.since,
    },
    ...(rows.some((row) => row.limit !== undefined) ? limitColumns() : []),
    {
      name: 'note',
      header: 'Note',
      cell: ({ incomplete }) =>
        incomplete ? html`<span class="mark unsure">not complete: there may have been more</span>` : undefined,
    },
  ];
  const sorted = sortTable(question, columns, rows);
  return table({ caption: 'The most at once, and since when first', columns: sorted.columns, rows: sorted.rows });
}

function limitColumns(): SortableColumn<ConcurrencyRow>[] {
  return [
    {
      name: 'limit',
      header: "AWS's limit",
      align: 'right',
      cell: ({ limit }) => limit?.toLocaleString('en'),
      sortBy: ({ limit }) => limit,
    },
    {
      name: 'used',
      header: 'Of it used',
      align: 'right',
      cell: ({ limit, atMost }) =>
        limit === undefined ? undefined : `${((100 * atMost.connections) / limit).toFixed(1)} %`,
      sortBy: ({ limit, atMost }) => (limit === undefined ? undefined : atMost.connections / limit),
    },
  ];
}

/** The moment leads to who was connected then. */
function showPeak(question: ScreenQuestion, { since, until }: Peak): Html {
  const [user, endpoint] = [givenText(question, 'user'), givenText(question, 'endpoint')];
  const who = linkTo(question, '/ui/connections', { at: since, user, endpoint, ...givenOwners(question) });
  const end = since === until ? '' : html` to ${showTime(question, until)}`;
  return html`<a href="${who}">${showTime(question, since)}</a>${end}`;
}

function drawSteps(
  question: ScreenQuestion,
  { steps, window, coverage }: ConcurrencyReport,
  { row, index, labels }: { readonly row: ConcurrencyRow; readonly index: number; readonly labels: EndpointLabels },
): Html | string {
  const own = steps.filter(({ endpointId }) => endpointId === row.endpointId);
  if (own.length === 0) return '';
  const touching = coverage.gaps.filter((gap) => row.endpointId === undefined || isGapOf(gap, row.endpointId));
  const name = row.endpointId === undefined ? EVERY : (labels.get(row.endpointId) ?? row.endpointId);
  return stepsChart({
    id: `steps-${index}`,
    title: `Connections at once, ${name}`,
    axis: timeAxis(window, question.zone),
    steps: own.map(({ at, atMost }) => ({ at, count: atMost })),
    gaps: touching.map(({ start, end }) => ({ start: toMilliseconds(start), end: toMilliseconds(end) })),
    noun: 'connection',
    limit: row.limit === undefined ? undefined : { count: row.limit, name: "AWS's limit" },
    hrefOf: (span: Span) =>
      linkHere(question, { since: toInstant(span.start), until: toInstant(span.end - 1000), sort: undefined }),
  });
}

import { html } from 'hono/html';
import { ownerOf } from '../../../lambda/trail/owner.ts';
import { present } from '../../../lambda/trail/present.ts';
import { addSeconds, type Instant, toMilliseconds } from '../../../lambda/trail/time.ts';
import { showInZone } from '../../../lambda/trail/time-zone.ts';
import type { UsageSum } from '../../../reports/usage/sum.ts';
import { reportUsage } from '../../../reports/usage/usage.ts';
import { usageFile } from '../../../reports/usage/usage-file.ts';
import {
  isOfTimes,
  USAGE_KEYS,
  type UsageKey,
  type UsageReport,
  type UsageRow,
} from '../../../reports/usage/usage-report.ts';
import { count, showBytes } from '../../../words/amounts.ts';
import { type EndpointLabels, severalOwners } from '../../../words/endpoint-labels.ts';
import { histogram } from '../../charts/histogram.ts';
import { timeAxis } from '../../charts/time-axis.ts';
import { givenText } from '../../parts/fields.ts';
import { givenOwners } from '../../parts/owner-choice.ts';
import { type SortableColumn, sortTable } from '../../parts/sorting.ts';
import { emptyState } from '../../parts/states.ts';
import { table } from '../../parts/table.ts';
import { showEndpoint, showName, showTime, zoneName } from '../../parts/texts.ts';
import { linkHere, linkTo, type ScreenQuestion } from '../../question.ts';
import type { Html } from '../../screen.ts';
import { reportScreen } from './report-page.ts';

/** Questions for counters around an edge: each is one request, and the page waits for all. */
const MOST_COUNTERS = 30;

const BY_WORDS: Readonly<Record<UsageKey, string>> = {
  user: 'person',
  endpoint: 'endpoint',
  account: 'account',
  region: 'Region',
  day: 'day',
  hour: 'hour',
};

/** `/ui/reports/usage`: connections, people, time connected and bytes, by person, endpoint, account, Region, day or hour. */
export const usageScreen = reportScreen<UsageReport, UsageRow>({
  name: 'usage',
  title: 'Usage',
  button: 'Show usage',
  about: 'Connections, time connected and bytes:',
  options: (question) => ({ by: keyOf(question), counters: String(MOST_COUNTERS) }),
  hidden: (question) => ({ by: keyOf(question) }),
  download: usageFile,
  fileName: (question) => `usage-by-${keyOf(question)}`,
  make: (ports, asked, question) => reportUsage(ports, { ...asked, by: keyOf(question), counters: MOST_COUNTERS }),
  show: (report, { question, labels }) =>
    html`${byNav(question, report)}${totals(report.total)}${usageChart(question, report)}${usageTable(question, report, labels)}`,
});

/** What is added up by: persons, unless the address says otherwise. */
function keyOf(question: ScreenQuestion): UsageKey {
  const given = givenText(question, 'by');
  return USAGE_KEYS.find((key) => key === given) ?? 'user';
}

/** By account and Region where there are several. */
function byNav(question: ScreenQuestion, { endpoints }: UsageReport): Html {
  const several = severalOwners(endpoints);
  const hidden = { account: !several.accountId, region: !several.region } as Partial<Record<UsageKey, boolean>>;
  const keys = USAGE_KEYS.filter((key) => !hidden[key] || key === keyOf(question));
  const items = keys.map((key) => {
    const current = key === keyOf(question) ? html` aria-current="page"` : '';
    return html`<li><a href="${linkHere(question, { by: key, sort: undefined })}"${current}>by ${BY_WORDS[key]}</a></li>`;
  });
  return html`<nav class="steps" aria-label="Added up by"><ul>${items}</ul></nav>`;
}

function totals({ connections, people, seconds, ingressBytes, egressBytes }: UsageSum): Html {
  const figures = [
    ['connections', connections.toLocaleString('en')],
    ['people and machines', people.toLocaleString('en')],
    ['hours connected', hoursOf(seconds)],
    ['sent', showBytes(ingressBytes)],
    ['received', showBytes(egressBytes)],
  ];
  return html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Days and hours are drawn: how many were connected in each. */
function usageChart(question: ScreenQuestion, { by, rows, window, coverage }: UsageReport): Html | string {
  if (!isOfTimes(by)) return '';
  const gaps = coverage.gaps.map(({ start, end }) => ({ start: toMilliseconds(start), end: toMilliseconds(end) }));
  const bins = rows.flatMap((row) => {
    if (row.start === undefined || row.end === undefined) return [];
    const span = { start: toMilliseconds(row.start), end: toMilliseconds(row.end) };
    return [{ ...span, count: row.connections, href: narrowedTo(question, by, row) }];
  });
  const title = `Connections in each ${by}`;
  return histogram({ id: 'usage', title, axis: timeAxis(window, question.zone), bins, gaps, noun: 'connection' });
}

/** Of a day its hours, of an hour the connections in it. */
function narrowedTo(question: ScreenQuestion, by: UsageKey, row: UsageRow): string {
  if (by === 'hour' || row.start === undefined || row.end === undefined) return linkInto(question, row);
  return linkHere(question, { by: 'hour', since: row.start, until: addSeconds(row.end, -1), sort: undefined });
}

/** The connections behind a row. */
function linkInto(question: ScreenQuestion, { user, endpointId, accountId, region, start, end }: UsageRow): string {
  const [since, until] =
    start === undefined || end === undefined
      ? [givenText(question, 'since'), givenText(question, 'until')]
      : [start, addSeconds(end, -1)];
  const who = user ?? givenText(question, 'user');
  return linkTo(question, '/ui/connections', {
    user: who,
    endpoint: endpointId ?? givenText(question, 'endpoint'),
    ...givenOwners(question),
    ...present({ account: ownerOf({ accountId }).accountId, region }),
    since,
    until,
  });
}

function usageTable(question: ScreenQuestion, report: UsageReport, labels: EndpointLabels): Html {
  const { by, rows, coverage } = report;
  if (rows.length === 0) {
    const words = coverage.complete
      ? 'Nothing can be missing from this window.'
      : 'But somebody may be missing from it: the reasons are above.';
    return emptyState('No connection is known in this window', words);
  }
  const sorted = sortTable(question, [keyColumn(question, by, labels), ...sumColumns(question, by)], rows);
  const caption = html`${count(rows.length, BY_WORDS[by])}${sorted.isSorted || isOfTimes(by) ? '' : ', the most bytes first'}`;
  return table({ caption, columns: sorted.columns, rows: sorted.rows });
}

function keyColumn(question: ScreenQuestion, by: UsageKey, labels: EndpointLabels): SortableColumn<UsageRow> {
  const linked = (row: UsageRow, words: Html | string) => html`<a href="${linkInto(question, row)}">${words}</a>`;
  if (by === 'user') {
    const cell = (row: UsageRow) => (row.user === undefined ? 'AWS gave no name' : linked(row, showName(row.user)));
    return { name: 'who', header: 'Who', isName: true, cell, sortBy: ({ user }) => user };
  }
  if (by === 'endpoint') {
    const cell = (row: UsageRow) => linked(row, showEndpoint(labels, row.endpointId ?? ''));
    return { name: 'endpoint', header: 'Endpoint', isName: true, cell, sortBy: ({ endpointId }) => endpointId };
  }
  if (by === 'account' || by === 'region') {
    const of = (row: UsageRow) => (by === 'account' ? row.accountId : row.region) ?? '';
    const header = by === 'account' ? 'Account' : 'Region';
    return { name: by, header, isName: true, cell: (row) => linked(row, showName(of(row))), sortBy: of };
  }
  const shown = (start: Instant) =>
    by === 'day' ? showInZone(start, question.zone).slice(0, '2026-11-22'.length) : showTime(question, start);
  return {
    name: by,
    header: by === 'day' ? `Day (${zoneName(question)})` : 'Hour',
    isName: true,
    cell: (row) => linked(row, shown(row.start ?? '')),
    sortBy: ({ start }) => start,
    first: 'descending',
  };
}

function sumColumns(question: ScreenQuestion, by: UsageKey): SortableColumn<UsageRow>[] {
  const seen = (name: 'firstSeenAt' | 'lastSeenAt', header: string): SortableColumn<UsageRow> => ({
    name: name === 'firstSeenAt' ? 'first' : 'last',
    header,
    cell: ({ [name]: at }) => at && showTime(question, at),
    sortBy: ({ [name]: at }) => at,
    first: 'descending',
  });
  const people: SortableColumn<UsageRow> = {
    name: 'people',
    header: 'People',
    align: 'right',
    cell: (row) => row.people.toLocaleString('en'),
    sortBy: (row) => row.people,
  };
  return [
    {
      name: 'connections',
      header: 'Connections',
      align: 'right',
      cell: (row) => row.connections.toLocaleString('en'),
      sortBy: (row) => row.connections,
    },
    ...(by === 'user' ? [] : [people]),
    { name: 'hours', header: 'Hours', align: 'right', cell: showHours, sortBy: ({ seconds }) => seconds },
    {
      name: 'sent',
      header: 'Sent',
      align: 'right',
      cell: (row) => showBytes(row.ingressBytes),
      sortBy: (row) => row.ingressBytes,
    },
    {
      name: 'received',
      header: 'Received',
      align: 'right',
      cell: (row) => showBytes(row.egressBytes),
      sortBy: (row) => row.egressBytes,
    },
    ...(isOfTimes(by) ? [] : [seen('firstSeenAt', 'First seen'), seen('lastSeenAt', 'Last seen')]),
    { name: 'note', header: 'Note', cell: notesOn },
  ];
}

const hoursOf = (seconds: number) =>
  (seconds / 3600).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function showHours({ seconds, secondsAtMost }: UsageRow): string {
  const [least, most] = [hoursOf(seconds), hoursOf(secondsAtMost ?? seconds)];
  return least === most ? least : `${least}–${most}`;
}

function notesOn({ incomplete, possible, estimated, withoutBytes }: UsageRow): Html | undefined {
  const notes = [
    ...(incomplete ? [html`<span class="mark unsure">not complete</span>`] : []),
    ...(possible ? [`${possible.toLocaleString('en')} possible`] : []),
    ...(estimated ? [`${estimated.toLocaleString('en')} estimated`] : []),
    ...(withoutBytes ? [`${withoutBytes.toLocaleString('en')} without bytes`] : []),
  ];
  return notes.length === 0 ? undefined : html`${notes.map((note, index) => html`${index === 0 ? '' : ', '}${note}`)}`;
}

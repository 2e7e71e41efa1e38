import { html } from 'hono/html';
import { readPeopleList } from '../../../reports/review/people-list.ts';
import { reportReview } from '../../../reports/review/review.ts';
import { reviewFile } from '../../../reports/review/review-file.ts';
import type { ReviewReport, ReviewRow, ReviewVerdict } from '../../../reports/review/review-report.ts';
import { count, showDuration } from '../../../words/amounts.ts';
import type { EndpointLabels } from '../../../words/endpoint-labels.ts';
import { givenOwners } from '../../parts/owner-choice.ts';
import { type SortableColumn, sortTable } from '../../parts/sorting.ts';
import { emptyState } from '../../parts/states.ts';
import { table } from '../../parts/table.ts';
import { link, showEndpoint, showName, showTime } from '../../parts/texts.ts';
import type { ScreenQuestion } from '../../question.ts';
import type { Html } from '../../screen.ts';
import { reportScreen } from './report-page.ts';

/** `/ui/reports/review`: every identity that connected, for a review of who may; with a list also who did not, and who is not on it. */
export const reviewScreen = reportScreen<ReviewReport, ReviewRow>({
  name: 'review',
  title: 'Access review',
  button: 'Show who connected',
  about: 'Every identity that connected:',
  isOfAll: true,
  options: (_, file) => ({ people: file?.name }),
  file: {
    name: 'people',
    label: 'Who may connect',
    help: 'CSV with a header: a column user, username, email or common name. Then the report also says who of them never connected, and who connected and is not on it.',
  },
  download: reviewFile,
  make: (ports, asked, _, file) =>
    reportReview(ports, { ...asked, people: file === undefined ? undefined : readPeopleList(file.text) }),
  show: (report, { question, labels }) => html`${verdictFigures(report)}${identityTable(question, report, labels)}`,
});

const VERDICTS: Readonly<Record<ReviewVerdict, { readonly words: string; readonly mark: string }>> = {
  'not-on-the-list': { words: 'not on the list', mark: 'amiss' },
  'never-connected': { words: 'never connected', mark: 'ended' },
  'not-seen': { words: 'not seen; there is a gap', mark: 'unsure' },
  possible: { words: 'possibly connected', mark: 'unsure' },
  'on-the-list': { words: 'on the list', mark: 'live' },
};

function verdictFigures({ listed, verdicts }: ReviewReport): Html | string {
  if (listed === undefined) return '';
  const figures = [
    ['people on the list', listed],
    ...Object.entries(VERDICTS).flatMap(([verdict, { words }]): [string, number][] => {
      const found = verdicts[verdict as ReviewVerdict];
      return found === undefined ? [] : [[words, found]];
    }),
  ] as const;
  return html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value.toLocaleString('en')}</dd></div>`)}</dl>`;
}

function identityTable(
  question: ScreenQuestion,
  { rows, listed, coverage }: ReviewReport,
  labels: EndpointLabels,
): Html {
  if (rows.length === 0) {
    const words = coverage.complete
      ? 'Nothing can be missing from this window.'
      : 'But somebody may be missing from it: the reasons are above.';
    return emptyState('Nobody is known to have connected in this window', words);
  }
  const verdict: SortableColumn<ReviewRow> = {
    name: 'list',
    header: 'On the list',
    cell: (row) =>
      row.verdict && html`<span class="mark ${VERDICTS[row.verdict].mark}">${VERDICTS[row.verdict].words}</span>`,
    sortBy: (row) => row.verdict,
  };
  const [who, ...others] = identityColumns(question, labels);
  const columns = [...(who ? [who] : []), ...(listed === undefined ? [] : [verdict]), ...others];
  const sorted = sortTable(question, columns, rows);
  const order = listed === undefined || sorted.isSorted ? '' : ', those to look at first';
  return table({ caption: `${count(rows.length, 'row')}${order}`, columns: sorted.columns, rows: sorted.rows });
}

function identityColumns(question: ScreenQuestion, labels: EndpointLabels): SortableColumn<ReviewRow>[] {
  const [since, until] = ['since', 'until'].map((name) => question.search.get(name) ?? undefined);
  const seen = (name: 'firstSeenAt' | 'lastSeenAt', header: string): SortableColumn<ReviewRow> => ({
    name: name === 'firstSeenAt' ? 'first' : 'last',
    header,
    cell: ({ [name]: at }) => at && showTime(question, at),
    sortBy: ({ [name]: at }) => at,
    first: 'descending',
  });
  return [
    {
      name: 'who',
      header: 'Who',
      isName: true,
      cell: ({ user, connections }) => {
        if (user === undefined) return 'AWS gave no name';
        return connections === 0
          ? showName(user)
          : link(question, '/ui/connections', showName(user), { user, ...givenOwners(question), since, until });
      },
      sortBy: ({ user }) => user,
    },
    {
      name: 'connections',
      header: 'Connections',
      align: 'right',
      cell: ({ connections, possible }) =>
        html`${connections.toLocaleString('en')}${possible ? html` <span class="muted">(${possible.toLocaleString('en')} possible)</span>` : ''}`,
      sortBy: ({ connections }) => connections,
    },
    {
      name: 'connected',
      header: 'Connected',
      align: 'right',
      cell: ({ seconds, connections }) => (connections === 0 ? undefined : showDuration(seconds)),
      sortBy: ({ seconds }) => seconds,
    },
    seen('lastSeenAt', 'Last seen'),
    seen('firstSeenAt', 'First seen'),
    {
      name: 'endpoints',
      header: 'Endpoints',
      cell: ({ endpointIds }) => joined(endpointIds.map((id) => showEndpoint(labels, id))),
    },
    { name: 'addresses', header: 'Addresses', cell: (row) => showAddresses(question, row) },
  ];
}

const joined = (texts: readonly (Html | string)[]): Html =>
  html`${texts.map((text, index) => html`${index === 0 ? '' : ', '}${text}`)}`;

const FEW = 3;

/** The newest, and behind a click the others. */
function showAddresses(question: ScreenQuestion, { addresses, moreAddresses }: ReviewRow): Html | undefined {
  if (addresses.length === 0) return undefined;
  const shown = addresses.map((address) => link(question, '/ui/timeline', address, { who: address }));
  const [few, others] = [shown.slice(0, FEW), shown.slice(FEW)];
  if (others.length === 0) return joined(few);
  const more = moreAddresses ? html`<p class="muted">and others, which are not kept in a report.</p>` : '';
  return html`${joined(few)} <details><summary>and ${others.length} more</summary>${joined(others)}${more}</details>`;
}

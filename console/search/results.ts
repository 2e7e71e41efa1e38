import { html } from 'hono/html';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { count } from '../../words/amounts.ts';
import type { EndpointLabels, SeveralOwners } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import { connectionColumns, usualColumns } from '../parts/connection-columns.ts';
import type { SameAnswer } from '../parts/same-answer.ts';
import { sortTable } from '../parts/sorting.ts';
import { emptyState } from '../parts/states.ts';
import { table } from '../parts/table.ts';
import { linkHere, type Parameters, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import { isLeftOut } from './leave-out.ts';
import { parametersFor, type Search } from './search.ts';
import { LIMITS } from './search-form.ts';

/** A search, and what it found. */
export interface Found {
  readonly search: Search;
  readonly labels: EndpointLabels;
  readonly several: SeveralOwners;
  /** The parameters of the question to the API. */
  readonly asked: Parameters;
  readonly answer: ConnectionsAnswer;
}

/** How the answer is shown, by the address: columns, rows a page, order. */
export function viewOf({ search }: ScreenQuestion, several: SeveralOwners) {
  const usual = usualColumns(several);
  const columns = search.getAll('columns');
  const shown = columns.length === 0 ? usual : columns;
  const isUsual = shown.length === usual.length && usual.every((name) => shown.includes(name));
  const given = search.get('limit');
  const limit = given !== null && /^\d{1,4}$/.test(given) ? given : (LIMITS[1] ?? '');
  const kept = {
    sort: search.get('sort') ?? undefined,
    columns: isUsual ? [] : columns,
    limit: limit === LIMITS[1] ? undefined : limit,
  };
  return { shown, limit, kept, isUsualWritten: isUsual && columns.length > 0 };
}

/** The rows of an answer without those that are left out, with what that and its order mean, and the way to the next. */
export function foundRows(question: ScreenQuestion, { search, labels, several, answer, asked }: Found): Html {
  const { connections, coverage, cursor } = answer;
  const shown = connections.filter((row) => !search.not.some((one) => isLeftOut(row, one)));
  const leftOut = connections.length - shown.length;
  const isFirst = asked.cursor === undefined;
  if (connections.length === 0 && isFirst) {
    return coverage.complete
      ? emptyState(
          'No connection matches',
          'Nothing was recorded that does, and nothing can be missing from this window.',
        )
      : emptyState(
          'No connection is known that matches',
          'But the answer is not complete: see above what may be missing.',
        );
  }
  const { shown: wanted } = viewOf(question, several);
  const all = connectionColumns(question, labels, several);
  const columns = all.filter(({ name, isName }) => isName || wanted.includes(name));
  const sorted = sortTable(question, columns, shown);
  const isAll = isFirst && cursor === undefined;
  const order = sorted.isSorted
    ? isAll
      ? 'sorted as chosen'
      : 'sorted as chosen, this page alone'
    : 'newest established first';
  const caption = html`${count(shown.length, 'connection')}${isAll ? '' : ' on this page'}, ${order}.${search.not.length === 0 ? '' : html` <strong>${count(leftOut, 'other')} left out</strong> by ${search.not.map((one, index) => html`${index === 0 ? '' : ', '}<bdi class="code">-${one.name}:${printable(one.value)}</bdi>`)}: here on the page; JSON and commands have them.`}`;
  return html`${table({ caption, columns: sorted.columns, rows: sorted.rows })}${pager(question, asked, answer)}`;
}

/** A cursor belongs to its question, so times are instants from the second page on. */
function pager(question: ScreenQuestion, { since, until, at, cursor }: Parameters, answer: ConnectionsAnswer): Html {
  const next =
    answer.cursor === undefined
      ? html`<span class="muted">These are the last.</span>`
      : html`<a class="button" rel="next" href="${linkHere(question, { since, until, at, cursor: answer.cursor })}">Older ones</a>`;
  const first =
    cursor === undefined ? '' : html`<a href="${linkHere(question, { cursor: undefined })}">To the newest</a>`;
  return cursor === undefined && answer.cursor === undefined
    ? html``
    : html`<nav class="pager" aria-label="Pages">${next}${first}</nav>`;
}

/** The filters of AWS's own command that the trail knows; it asks one endpoint. */
const AWS_FILTERS: Readonly<Record<string, string>> = {
  connectionId: 'connection-id',
  username: 'username',
  ip: 'client-ip',
  commonName: 'common-name',
  account: 'account',
  region: 'region',
  status: 'status',
  since: 'since',
  until: 'until',
  at: 'at',
};

/** Where else the answer is had. What is left out on the page is in these. */
export function elsewhere(search: Search, asked: Parameters): SameAnswer {
  const { limit, cursor, ...own } = asked;
  const { not: _, ...words } = parametersFor(search);
  const { endpoint, ...filters } = own;
  const [endpointId, ...others] = [endpoint ?? []].flat();
  const given = Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value.length > 0),
  );
  const isOfAws =
    endpointId !== undefined && others.length === 0 && Object.keys(given).every((name) => name in AWS_FILTERS);
  const aws = {
    words: ['describe-client-vpn-connections', '--client-vpn-endpoint-id', endpointId ?? ''],
    filters: Object.fromEntries(Object.entries(given).map(([name, value]) => [AWS_FILTERS[name] ?? name, value])),
  };
  return {
    json: { path: '/connections', parameters: asked },
    command: { words: ['connections'], options: { ...words, limit, cursor } },
    aws: isOfAws ? aws : undefined,
  };
}

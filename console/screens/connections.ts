import { html } from 'hono/html';
import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail, TrailRefusal } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionsAnswer, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { count } from '../../words/amounts.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { connectionColumns, USUAL } from '../parts/connection-columns.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { sortTable } from '../parts/sorting.ts';
import { attempt, emptyState, firstSteps, partialNote } from '../parts/states.ts';
import { table } from '../parts/table.ts';
import { showEndpoint, showName, showWindow } from '../parts/texts.ts';
import type { ScreenPorts } from '../ports.ts';
import { addressOf, linkHere, linkTo, type Parameters, type ScreenQuestion } from '../question.ts';
import { type Html, leadTo, type Page, type Screen } from '../screen.ts';
import { questionOf } from '../search/ask-search.ts';
import { isLeftOut } from '../search/leave-out.ts';
import { parametersFor, type Search, searchOf } from '../search/search.ts';
import { LIMITS, searchForm } from '../search/search-form.ts';
import { askStarts, startsChart } from '../search/starts.ts';
import { type NotUnderstood, readWords, writeWords } from '../search/words.ts';

/** `/ui/connections`: a search, as words or in fields, and what it finds. */
export const connectionsScreen: Screen = {
  path: '/ui/connections',
  section: 'Connections',
  start: '?since=7d',
  show: async (ports, question) => {
    const { endpoints, labels } = await askEndpoints(ports);
    const typed = question.search.get('q') ?? undefined;
    const view = viewOf(question);
    if (typed !== undefined) {
      const { search, notUnderstood } = readWords(typed, labels);
      if (notUnderstood.length > 0) return notAsked(question, { labels, search, typed, notUnderstood });
      return leadTo(linkTo(question, question.path, { ...parametersFor(search), ...view.kept }));
    }
    const search = searchOf(question.search);
    // Fields that were left empty are no part of a link.
    const isWritten = [...question.search.values()].every((value) => value !== '') && !view.isUsualWritten;
    const cursor = question.search.get('cursor') ?? undefined;
    if (!isWritten) return leadTo(linkTo(question, question.path, { ...parametersFor(search), ...view.kept, cursor }));
    if (endpoints.length === 0) return { ...TITLES, body: firstSteps(ports, question) };
    const { parameters, notUnderstood } = questionOf(search, question);
    if (notUnderstood.length > 0) {
      return notAsked(question, { labels, search, typed: writeWords(search, labels), notUnderstood });
    }
    const asked = { ...parameters, limit: view.limit, cursor };
    try {
      const answer = await askTrail(ports.ask, addressOf('/connections', asked), connectionsAnswer);
      return await found(ports, question, { search, labels, asked, answer });
    } catch (error) {
      const wrong = error instanceof TrailRefusal && error.status === 400 ? error.problem.errors : undefined;
      if (wrong === undefined) throw error;
      const refused = wrong.map(({ parameter, given = '', expected }) => ({ word: `${parameter}:${given}`, expected }));
      return notAsked(question, { labels, search, typed: undefined, notUnderstood: refused });
    }
  },
};

const TITLES = { title: 'Connections', heading: 'Connections' };

/** How the answer is shown. */
function viewOf({ search }: ScreenQuestion) {
  const columns = search.getAll('columns');
  const shown = columns.length === 0 ? USUAL : columns;
  const isUsual = shown.length === USUAL.length && USUAL.every((name) => shown.includes(name));
  const given = search.get('limit');
  const limit = given !== null && /^\d{1,4}$/.test(given) ? given : (LIMITS[1] ?? '');
  const kept = {
    sort: search.get('sort') ?? undefined,
    columns: isUsual ? [] : columns,
    limit: limit === LIMITS[1] ? undefined : limit,
  };
  return { shown, limit, kept, isUsualWritten: isUsual && columns.length > 0 };
}

interface Refused {
  readonly labels: EndpointLabels;
  readonly search: Search;
  readonly typed: string | undefined;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** An answer to another question than was meant would be worse than none. */
function notAsked(question: ScreenQuestion, refused: Refused): Page {
  const form = searchForm(question, { ...refused, names: [], ...formColumns(question, refused.labels) });
  return { ...TITLES, status: 400, body: html`${form}` };
}

function formColumns(question: ScreenQuestion, labels: EndpointLabels) {
  const { shown, limit } = viewOf(question);
  const columns = connectionColumns(question, labels).map(({ name, header }) => ({
    name,
    header,
    isShown: shown.includes(name),
  }));
  return { columns, limit };
}

interface Found {
  readonly search: Search;
  readonly labels: EndpointLabels;
  readonly asked: Parameters;
  readonly answer: ConnectionsAnswer;
}

async function found(ports: ScreenPorts, question: ScreenQuestion, given: Found): Promise<Page> {
  const { search, labels, asked, answer } = given;
  const { connections, window, coverage } = answer;
  const { cursor } = asked;
  const isFirst = cursor === undefined;
  const starts = isFirst && search.at === undefined ? await attempt(askStarts(ports, asked, answer)) : {};
  const names = connections
    .slice(0, 200)
    .map(({ identity }) => identity)
    .slice(0, 50);
  const form = searchForm(question, { search, notUnderstood: [], labels, names, ...formColumns(question, labels) });
  return {
    ...TITLES,
    asked: askedWords(question, search, labels, window),
    body: html`${form}
${coverageBand(question, { coverage, window, labels })}
${starts.value ? startsChart(question, answer, starts.value) : ''}
${starts.trouble ? partialNote('When they began is not counted', starts.trouble) : ''}
${rowsOf(question, given)}
${sameAnswer(ports, question, elsewhere(search, asked))}`,
  };
}

/** The question in words. */
function askedWords(
  question: ScreenQuestion,
  search: Search,
  labels: EndpointLabels,
  window: Found['answer']['window'],
): Html {
  const filters = FILTERS.filter((name) => search[name].length > 0).map((name) => {
    const values = search[name].map((value) => (name === 'endpoint' ? showEndpoint(labels, value) : showName(value)));
    return html`, ${WORDS[name]} ${values.map((value, index) => html`${index === 0 ? '' : ' or '}<strong>${value}</strong>`)}`;
  });
  const when = { overlap: 'Connected', started: 'Established', ended: 'Ended' }[window.match];
  const isWindow = search.at === undefined && window.since !== window.until;
  return html`${when} ${isWindow ? (window.match === 'overlap' ? 'at any time from ' : 'from ') : ''}${showWindow(question, window.since, window.until)}${filters}`;
}

const WORDS: Readonly<Record<(typeof FILTERS)[number], string>> = {
  user: 'user',
  username: 'username',
  commonName: 'common name',
  ip: 'address',
  endpoint: 'endpoint',
  status: 'status',
  connectionId: 'connection',
};

function rowsOf(question: ScreenQuestion, { search, labels, answer, asked }: Found): Html {
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
  const { shown: wanted } = viewOf(question);
  const columns = connectionColumns(question, labels).filter(({ name, isName }) => isName || wanted.includes(name));
  const sorted = sortTable(question, columns, shown);
  const isAll = isFirst && cursor === undefined;
  const order = sorted.isSorted
    ? isAll
      ? 'sorted as chosen'
      : 'sorted as chosen, this page alone'
    : 'newest established first';
  const caption = html`${count(shown.length, 'connection')}${isAll ? '' : ' on this page'}, ${order}.${leftOut === 0 ? '' : html` <strong>${count(leftOut, 'other')} left out</strong> by ${search.not.map((one, index) => html`${index === 0 ? '' : ', '}<bdi class="code">-${one.name}:${one.value}</bdi>`)}: here on the page; JSON and commands have them.`}`;
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
  status: 'status',
  since: 'since',
  until: 'until',
  at: 'at',
};

function elsewhere(search: Search, asked: Parameters) {
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

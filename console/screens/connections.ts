import { html } from 'hono/html';
import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail, TrailRefusal } from '../../lambda/query/schemas/ask-trail.ts';
import { connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { type EndpointLabels, endpointLabels, type SeveralOwners, severalOwners } from '../../words/endpoint-labels.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { connectionColumns } from '../parts/connection-columns.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { type GivenOwners, ownersToChoose } from '../parts/owner-choice.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { attempt, firstSteps, partialNote } from '../parts/states.ts';
import { showEndpoint, showName, showWindow } from '../parts/texts.ts';
import type { ScreenPorts } from '../ports.ts';
import { addressOf, linkTo, type ScreenQuestion } from '../question.ts';
import { type Html, leadTo, type Page, type Screen } from '../screen.ts';
import { questionOf } from '../search/ask-search.ts';
import { elsewhere, type Found, foundRows, viewOf } from '../search/results.ts';
import { parametersFor, type Search, searchOf, strangeIn } from '../search/search.ts';
import { searchForm } from '../search/search-form.ts';
import { askStarts, startsChart } from '../search/starts.ts';
import { type NotUnderstood, readWords, writeWords } from '../search/words.ts';

/** `/ui/connections`: a search, as words or in fields, and what it finds. */
export const connectionsScreen: Screen = {
  path: '/ui/connections',
  section: 'Connections',
  start: '?since=7d',
  show: async (ports, question) => {
    const { endpoints } = await askEndpoints(ports);
    const named = {
      labels: endpointLabels(endpoints),
      several: severalOwners(endpoints),
      owners: ownersToChoose(endpoints),
    };
    const { labels } = named;
    const typed = question.search.get('q') ?? undefined;
    const view = viewOf(question, named.several);
    if (typed !== undefined) {
      const { search, notUnderstood } = readWords(typed, labels);
      if (notUnderstood.length > 0) return notAsked(question, { ...named, search, typed, notUnderstood });
      return leadTo(linkTo(question, question.path, { ...parametersFor(search), ...view.kept }));
    }
    const search = searchOf(question.search);
    // Fields that were left empty are no part of a link.
    const isWritten = [...question.search.values()].every((value) => value !== '') && !view.isUsualWritten;
    const cursor = question.search.get('cursor') ?? undefined;
    if (!isWritten) return leadTo(linkTo(question, question.path, { ...parametersFor(search), ...view.kept, cursor }));
    if (endpoints.length === 0) return { ...TITLES, body: firstSteps(ports, question) };
    const { parameters, notUnderstood: wrong } = questionOf(search, question);
    const notUnderstood = [...strangeIn(question.search), ...wrong];
    if (notUnderstood.length > 0) {
      return notAsked(question, { ...named, search, typed: writeWords(search, labels), notUnderstood });
    }
    const asked = { ...parameters, limit: view.limit, cursor };
    try {
      const answer = await askTrail(ports.ask, addressOf('/connections', asked), connectionsAnswer);
      return await found(ports, question, named, { search, ...named, asked, answer });
    } catch (error) {
      const wrong = error instanceof TrailRefusal && error.status === 400 ? error.problem.errors : undefined;
      if (wrong === undefined) throw error;
      const refused = wrong.map(({ parameter, given = '', expected }) => ({ word: `${parameter}:${given}`, expected }));
      return notAsked(question, { ...named, search, typed: undefined, notUnderstood: refused });
    }
  },
};

const TITLES = { title: 'Connections', heading: 'Connections' };

/** What the endpoints are called, and whose they are. */
interface Named {
  readonly labels: EndpointLabels;
  readonly several: SeveralOwners;
  readonly owners: GivenOwners;
}

interface Refused extends Named {
  readonly search: Search;
  readonly typed: string | undefined;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** An answer to another question than was meant would be worse than none. */
function notAsked(question: ScreenQuestion, refused: Refused): Page {
  const form = searchForm(question, { ...refused, names: [], ...formColumns(question, refused) });
  return { ...TITLES, status: 400, body: html`${form}` };
}

function formColumns(question: ScreenQuestion, { labels, several }: Named) {
  const { shown, limit } = viewOf(question, several);
  const columns = connectionColumns(question, labels, several).map(({ name, header }) => ({
    name,
    header,
    isShown: shown.includes(name),
  }));
  return { columns, limit };
}

async function found(ports: ScreenPorts, question: ScreenQuestion, named: Named, given: Found): Promise<Page> {
  const { search, labels, asked, answer } = given;
  const { connections, window, coverage } = answer;
  const { cursor } = asked;
  const isFirst = cursor === undefined;
  const starts = isFirst && search.at === undefined ? await attempt(askStarts(ports, asked, answer)) : {};
  const names = connections
    .slice(0, 200)
    .map(({ identity }) => identity)
    .slice(0, 50);
  const form = searchForm(question, { search, notUnderstood: [], ...named, names, ...formColumns(question, named) });
  return {
    ...TITLES,
    asked: askedWords(question, search, labels, window),
    body: html`${form}
${coverageBand(question, { coverage, window, labels })}
${starts.value ? startsChart(question, answer, starts.value) : ''}
${starts.trouble ? partialNote('When they began is not counted', starts.trouble) : ''}
${foundRows(question, given)}
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
  account: 'account',
  region: 'Region',
  status: 'status',
  connectionId: 'connection',
};

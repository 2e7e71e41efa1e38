import { isIP } from 'node:net';
import { html } from 'hono/html';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import {
  type ConnectionAnswer,
  type ConnectionsAnswer,
  connectionsAnswer,
} from '../../lambda/query/schemas/connection.ts';
import type { GapAnswer } from '../../lambda/query/schemas/coverage.ts';
import { isOfEvery } from '../../lambda/trail/coverage.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { count, showBytes, showDuration } from '../../words/amounts.ts';
import { type EndpointLabels, shortId } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import { spanWords } from '../charts/figure.ts';
import { type Bar, type Lane, lanesChart, overlapsOf } from '../charts/lanes.ts';
import { type Span, timeAxis } from '../charts/time-axis.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { givenText, givenWindow, questionForm } from '../parts/fields.ts';
import { givenOwners, ownerChoice } from '../parts/owner-choice.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { emptyState } from '../parts/states.ts';
import { table } from '../parts/table.ts';
import { connectionPath, link, showEndpoint, showName, showTime } from '../parts/texts.ts';
import { addressOf, linkHere, linkTo, type ScreenQuestion } from '../question.ts';
import type { Html, Page, Screen } from '../screen.ts';

const WEEK = '7d';

/** `/ui/timeline`: the connections of a person or an address as bars over time. */
export const timelineScreen: Screen = {
  path: '/ui/timeline',
  section: 'Timeline',
  show: async (ports, question) => {
    const who = givenText(question, 'who');
    const { since, until } = givenWindow(question, WEEK);
    const form = questionForm(
      question,
      [
        { name: 'who', label: 'Person or address', value: who, placeholder: 'alice or 172.31.0.225', isFirst: true },
        { name: 'since', label: 'Since', value: since.text, placeholder: WEEK, wrong: since.wrong },
        { name: 'until', label: 'Until', value: until.text, placeholder: 'now', wrong: until.wrong },
      ],
      'Draw',
    );
    const isWrong = since.wrong !== undefined || until.wrong !== undefined;
    const heading = { title: 'Timeline', heading: 'Timeline' };
    if (who === '' || isWrong) {
      const help = html`<p class="muted">The connections of one person, or of one address, as bars over time: where two places were used at once, and what was not recorded.</p>`;
      return { ...heading, body: html`${form}${isWrong ? '' : help}`, ...(isWrong ? { status: 400 } : {}) };
    }
    const isAddress = isIP(who) !== 0;
    const filter = isAddress ? { ip: who } : { user: who };
    const limit = String(MOST_ROWS);
    const owners = givenOwners(question);
    const asked = { ...filter, ...owners, since: since.instant, until: until.instant, limit };
    const [{ endpoints, labels }, answer] = await Promise.all([
      askEndpoints(ports),
      askTrail(ports.ask, addressOf('/connections', asked), connectionsAnswer),
    ]);
    const same = sameAnswer(ports, question, {
      json: { path: '/connections', parameters: asked },
      command: {
        words: ['connections'],
        options: { ...filter, ...owners, since: since.text, until: until.text, limit },
      },
    });
    return {
      title: `Timeline of ${printable(who)}`,
      heading: html`Timeline of ${showName(who)}`,
      asked: html`${isAddress ? 'Whoever had this address' : 'Every connection under this name'}, ${showTime(question, answer.window.since)} to ${showTime(question, answer.window.until)}`,
      body: html`${form}${ownerChoice(question, endpoints)}${drawAnswer({ question, who, isAddress, labels }, answer)}${same}`,
    } satisfies Page;
  },
};

interface Drawn {
  readonly question: ScreenQuestion;
  readonly who: string;
  readonly isAddress: boolean;
  readonly labels: EndpointLabels;
}

function drawAnswer(drawn: Drawn, answer: ConnectionsAnswer): Html {
  const { question, who, isAddress, labels } = drawn;
  const { connections, coverage, cursor } = answer;
  // Newest first: what one answer leaves out is older than its last row.
  const oldest = cursor === undefined ? undefined : connections.at(-1)?.establishedAt;
  const window = { ...answer.window, since: oldest ?? answer.window.since };
  const band = coverageBand(question, { coverage, window: answer.window, labels });
  const cut =
    oldest === undefined
      ? ''
      : html`<p class="band partial" role="note"><strong>In part</strong> <span>There are more than ${MOST_ROWS.toLocaleString('en')} connections: drawn are those since ${showTime(question, oldest)}. A shorter window shows earlier ones.</span></p>`;
  if (connections.length === 0) {
    const words = coverage.complete
      ? 'Nothing can be missing from this window.'
      : 'But somebody may be missing from it: the reasons are above.';
    return html`${band}${emptyState('No connection is known in this window', words, html`Names are compared as a whole, in any case. ${link(question, '/ui/connections', 'Search the connections')}`)}`;
  }
  const axis = timeAxis(window, question.zone);
  const bars = connections.map((connection) => ({
    connection,
    bar: barOf(question, connection, window.until, labels),
  }));
  const isByPerson = isAddress && new Set(connections.map(({ identity }) => identity)).size <= MOST_PEOPLE;
  const lanes = lanesOf(bars, isByPerson, labels, coverage.gaps);
  const doubled = isAddress ? [] : overlapsOf(bars.map(({ bar }) => bar));
  const numbers = table<ConnectionAnswer>({
    caption: count(connections.length, 'connection'),
    hasKeys: false,
    columns: [
      {
        header: 'Established',
        isName: true,
        cell: (row) => link(question, connectionPath(row.connectionId), showTime(question, row.establishedAt)),
      },
      { header: 'Lasted', align: 'right', cell: ({ durationSeconds }) => showDuration(durationSeconds) },
      { header: 'Who', cell: ({ identity }) => showName(identity) },
      { header: 'Address', cell: ({ clientIp, clientIpv6 }) => [clientIp, clientIpv6].filter(Boolean).join(' ') },
      { header: 'Endpoint', cell: ({ endpointId }) => showEndpoint(labels, endpointId) },
      { header: 'Sent', align: 'right', cell: ({ ingressBytes }) => showBytes(ingressBytes) },
      { header: 'Received', align: 'right', cell: ({ egressBytes }) => showBytes(egressBytes) },
    ],
    rows: connections,
  });
  const chart = lanesChart({
    id: 'timeline',
    title: `${count(connections.length, 'connection')} of ${printable(who)}, a row for each ${isByPerson ? 'person and endpoint' : 'endpoint'}`,
    axis,
    lanes,
    gaps: spansOf(coverage.gaps.filter(isOfEvery)),
    doubled,
    doubledName: 'connected twice at once',
    hrefOf: ({ start, end }) => linkHere(question, { since: toInstant(start), until: toInstant(end) }),
    numbers,
  });
  return html`${band}${cut}${windowLinks(question, window)}${chart}${doubledList(drawn, doubled, bars)}`;
}

/** The window shorter, longer, earlier and later. */
function windowLinks(
  question: ScreenQuestion,
  { since, until }: { readonly since: string; readonly until: string },
): Html {
  const [start, end] = [Date.parse(since), Date.parse(until)];
  const length = end - start;
  const to = (from: number, upTo: number, words: string) =>
    html`<li><a href="${linkHere(question, { since: toInstant(from), until: toInstant(upTo) })}">${words}</a></li>`;
  return html`<nav class="steps" aria-label="Window"><ul>
${to(start - length, start, '← earlier')}${to(end, end + length, 'later →')}${to(start + length / 4, end - length / 4, 'closer')}${to(start - length / 2, end + length / 2, 'wider')}
</ul></nav>`;
}

/** A bar: sure until an inferred end's first bound, possible until its second. */
function barOf(question: ScreenQuestion, connection: ConnectionAnswer, until: string, labels: EndpointLabels): Bar {
  const { connectionId, identity, clientIp = '', establishedAt, endedAt, end, unlistedSince, endpointId } = connection;
  const sureEnd = end?.between?.[0] ?? endedAt ?? unlistedSince ?? until;
  const possibleEnd = end?.between?.[1] ?? (endedAt === undefined && unlistedSince !== undefined ? until : undefined);
  const span = { start: Date.parse(establishedAt), end: Date.parse(sureEnd) };
  const isOpen = endedAt === undefined && end === undefined;
  const place = labels.get(endpointId) ?? shortId(endpointId);
  return {
    ...span,
    href: linkTo(question, connectionPath(connectionId)),
    name: printable(
      `${identity}, ${clientIp} at ${place}: ${spanWords(span, question.zone)}${isOpen ? ', still open' : ''}`,
    ),
    isOpen,
    ...(possibleEnd === undefined ? {} : { possibleEnd: Date.parse(possibleEnd) }),
  };
}

interface PlacedBar {
  readonly connection: ConnectionAnswer;
  readonly bar: Bar;
}

/** Of an address that more people had there is a row for each endpoint alone. */
const MOST_PEOPLE = 40;

/**
 * Rows by endpoint, or by person and endpoint; what overlaps within one takes another row of the same name. An endpoint
 * with gaps has a row without a connection too: somebody may have been there.
 */
function lanesOf(
  bars: readonly PlacedBar[],
  isByPerson: boolean,
  labels: EndpointLabels,
  gaps: readonly GapAnswer[],
): Lane[] {
  const place = (endpointId: string) => labels.get(endpointId) ?? shortId(endpointId);
  const gapsAt = Map.groupBy(gaps, ({ endpointId }) => endpointId);
  const pack = (labelOf: (one: ConnectionAnswer) => string) =>
    packBars(bars, ({ identity, endpointId }) => `${endpointId} ${isByPerson ? identity : ''}`).map(
      ({ first, row, bars }) => {
        const label = row === 0 ? labelOf(first) : `${labelOf(first)} (${row + 1})`;
        return { label: printable(label), bars, gaps: spansOf(gapsAt.get(first.endpointId)) };
      },
    );
  const lanes = pack(({ identity, endpointId }) =>
    isByPerson ? `${identity} · ${place(endpointId)}` : place(endpointId),
  );
  const seen = new Set(bars.map(({ connection }) => connection.endpointId));
  const others = [...gapsAt].flatMap(([endpointId, ones]) =>
    endpointId === undefined || seen.has(endpointId)
      ? []
      : [{ label: printable(place(endpointId)), bars: [], gaps: spansOf(ones) }],
  );
  return [...lanes, ...others];
}

const spansOf = (gaps: readonly GapAnswer[] = []): Span[] =>
  gaps.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));

/** The bars of each key in as few rows as hold them without an overlap. */
function packBars(bars: readonly PlacedBar[], keyOf: (one: ConnectionAnswer) => string) {
  const inOrder = bars.toSorted((one, other) => one.bar.start - other.bar.start);
  return [...Map.groupBy(inOrder, ({ connection }) => keyOf(connection)).values()].flatMap((ones) => {
    const rows: Bar[][] = [];
    for (const { bar } of ones) {
      const free = rows.find((row) => (row.at(-1)?.possibleEnd ?? row.at(-1)?.end ?? 0) <= bar.start);
      if (free) free.push(bar);
      else rows.push([bar]);
    }
    const [first] = ones;
    return first === undefined ? [] : rows.map((row, index) => ({ first: first.connection, row: index, bars: row }));
  });
}

const MOST_DOUBLED = 20;

/** What overlaps, in words: when, and where both were. */
function doubledList({ question, labels }: Drawn, doubled: readonly Span[], bars: readonly PlacedBar[]): Html {
  if (doubled.length === 0) return html``;
  const shown = doubled
    .toReversed()
    .slice(0, MOST_DOUBLED)
    .map((span) => {
      const [from, to] = [toInstant(span.start), toInstant(span.end)];
      const both = bars.filter(({ bar }) => bar.start < span.end && bar.end > span.start);
      const places = both.map(
        ({ connection: one }) =>
          html`<li>${link(question, connectionPath(one.connectionId), html`${showEndpoint(labels, one.endpointId)} ${one.clientIp ?? ''}`)}</li>`,
      );
      return html`<li>${showTime(question, from)} to ${showTime(question, to)} <span class="muted">(${showDuration(Math.round((span.end - span.start) / 1000))})</span><ul>${places}</ul></li>`;
    });
  const more = doubled.length - shown.length;
  return html`<section class="doubled-list"><h2>Connected twice at once: ${count(doubled.length, 'time')}</h2><ul>${shown}</ul>${more > 0 ? html`<p class="muted">and ${more} earlier; a shorter window shows them.</p>` : ''}</section>`;
}

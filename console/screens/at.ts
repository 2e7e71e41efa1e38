import { isIP } from 'node:net';
import { html } from 'hono/html';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import {
  type ConnectionAnswer,
  type ConnectionsAnswer,
  connectionsAnswer,
} from '../../lambda/query/schemas/connection.ts';
import { isGapOf } from '../../lambda/trail/coverage.ts';
import { addSeconds, DAY_SECONDS, type Instant } from '../../lambda/trail/time.ts';
import { count, showBytes, showDuration } from '../../words/amounts.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { givenText, givenTime, questionForm } from '../parts/fields.ts';
import { givenOwners, ownerChoice } from '../parts/owner-choice.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { connectionPath, link, showEndpoint, showName, showTime } from '../parts/texts.ts';
import type { ScreenPorts } from '../ports.ts';
import { addressOf, type ScreenQuestion } from '../question.ts';
import type { Html, Screen } from '../screen.ts';

/** `/ui/at`: the person behind an address at a moment, and whoever had it before and after. */
export const atScreen: Screen = {
  path: '/ui/at',
  section: 'At a moment',
  show: async (ports, question) => {
    const ip = givenText(question, 'ip');
    const at = givenTime(question, 'at');
    const isAddress = isIP(ip) !== 0 && !ip.includes('%');
    const wrongAddress =
      ip === '' || isAddress ? undefined : 'an IPv4 or IPv6 address in the tunnel, like 172.31.0.225';
    const form = questionForm(
      question,
      [
        {
          name: 'ip',
          label: 'Address in the tunnel',
          value: ip,
          placeholder: '172.31.0.225',
          wrong: wrongAddress,
          isFirst: true,
        },
        { name: 'at', label: 'Moment', value: at.text, placeholder: '2026-11-22 14:03, 2h, now', wrong: at.wrong },
      ],
      'Who was it?',
    );
    const heading = { title: 'At a moment', heading: 'Who had this address?' };
    if (!isAddress || at.instant === undefined) {
      const help = html`<p class="muted">An address and a time in, the person out. Addresses are used again, and two endpoints may give out the same one: each holder is named with the endpoint.</p>`;
      const isWrong = wrongAddress !== undefined || at.wrong !== undefined;
      return { ...heading, body: html`${form}${isWrong ? '' : help}`, ...(isWrong ? { status: 400 } : {}) };
    }
    const moment = at.text === 'now' ? 'now' : at.instant;
    const owners = givenOwners(question);
    const [{ endpoints, labels }, answer] = await Promise.all([
      askEndpoints(ports),
      askTrail(ports.ask, addressOf('/connections', { ip, ...owners, at: moment, limit: '100' }), connectionsAnswer),
    ]);
    const { connections, coverage, window } = answer;
    const shown: Shown = { question, ip, at: moment === 'now' ? window.until : moment, labels };
    const neighbours = await askNeighbours(ports, shown, connections);
    const aws =
      endpoints.length === 1
        ? endpoints
        : endpoints.filter(({ endpointId }) => connections.some((one) => one.endpointId === endpointId));
    const same = sameAnswer(ports, question, {
      json: { path: '/connections', parameters: { ip, ...owners, at: moment } },
      command: { words: ['who'], options: { ip, ...owners, at: moment } },
      aws:
        aws[0] === undefined || aws.length > 1
          ? undefined
          : {
              words: ['describe-client-vpn-connections', '--client-vpn-endpoint-id', aws[0].endpointId],
              filters: { 'client-ip': ip, at: moment },
            },
    });
    return {
      title: `${ip} at ${at.text}`,
      heading: heading.heading,
      asked: html`<strong>${ip}</strong> at ${showTime(question, shown.at)}${moment === 'now' ? ' (now, as far as it is known)' : ''}`,
      body: html`${form}${ownerChoice(question, endpoints)}
${coverageBand(question, { coverage, window, labels })}
${verdict(shown, answer)}
${neighbours}
${same}`,
    };
  },
};

interface Shown {
  readonly question: ScreenQuestion;
  readonly ip: string;
  readonly at: Instant;
  readonly labels: EndpointLabels;
}

/** Each holder, large; or that there was none; or that it is not known. The mark, the word and the frame each tell them apart. */
function verdict(shown: Shown, { connections, coverage }: ConnectionsAnswer): Html {
  if (connections.length > 0) {
    const several =
      connections.length > 1
        ? html`<p>${count(connections.length, 'connection')} with this address at that moment: which one it was, the endpoint tells.</p>`
        : '';
    return html`${several}<div class="holders">${connections.map((connection) => holder(shown, connection))}</div>`;
  }
  if (coverage.complete) {
    return html`<section class="holder nobody" aria-label="Nobody"><p class="verdict">Nobody</p><p>No connection had ${shown.ip} at that moment: all snapshots around it are there, and nothing can be missing.</p></section>`;
  }
  return html`<section class="holder unknown" aria-label="Not known"><p class="verdict">Not known</p><p>No connection with ${shown.ip} is known at that moment, but that is not "nobody": somebody may be missing from what was recorded. The reasons are above.</p></section>`;
}

function holder({ question, labels, at }: Shown, connection: ConnectionAnswer): Html {
  const { identity, endpointId, possible, connectionId, ingressBytes, egressBytes } = connection;
  const state = possible ? 'possible' : 'certain';
  const words = possible ? 'Possibly' : 'It was';
  return html`<section class="holder ${state}">
<p class="state-word">${words}</p>
<h2 class="verdict">${link(question, connectionPath(connectionId), showName(identity))}</h2>
<p class="where">at endpoint <strong>${showEndpoint(labels, endpointId)}</strong></p>
<dl>
<div><dt>From</dt><dd>${showTime(question, connection.establishedAt)}</dd></div>
<div><dt>To</dt><dd>${endOf(question, connection)}</dd></div>
<div><dt>Lasted</dt><dd>${showDuration(connection.durationSeconds)}</dd></div>
<div><dt>Sent (upload)</dt><dd>${showBytes(ingressBytes) || 'not known'}</dd></div>
<div><dt>Received (download)</dt><dd>${showBytes(egressBytes) || 'not known'}</dd></div>
</dl>
<p>${link(question, '/ui/timeline', html`Timeline of ${showName(identity)}`, { who: identity, since: addSeconds(at, -DAY_SECONDS), until: addSeconds(at, DAY_SECONDS) })}</p>
${possible ? html`<p>The end is known only within bounds, and this moment lies between them: it may have been over.</p>` : ''}
</section>`;
}

/** When it ended, as far as that is known. */
function endOf(question: ScreenQuestion, { end, endedAt, unlistedSince, status }: ConnectionAnswer): Html {
  if (end?.between)
    return html`between ${showTime(question, end.between[0])} and ${showTime(question, end.between[1])} (inferred)`;
  if (endedAt !== undefined) return html`${showTime(question, endedAt)}`;
  if (unlistedSince !== undefined)
    return html`not known: AWS has not listed it since ${showTime(question, unlistedSince)}`;
  return html`still connected (${status ?? 'no status'})`;
}

/** How far ahead the next holder is looked for: an address is mostly given out again within days. */
const AHEAD_DAYS = [1, 30, undefined];

/** Whoever had the address last before and first after, at each endpoint. */
async function askNeighbours(ports: ScreenPorts, shown: Shown, holders: readonly ConnectionAnswer[]): Promise<Html> {
  const { ip, at, question } = shown;
  const ids = new Set(holders.map(({ connectionId }) => connectionId));
  const ask = (more: Readonly<Record<string, string>>) =>
    askTrail(
      ports.ask,
      addressOf('/connections', { ip, ...givenOwners(question), limit: '100', ...more }),
      connectionsAnswer,
    );
  const [earlier, later] = await Promise.all([ask({ until: at }), askNext(ask, at)]);
  const before = firstOfEach(earlier.connections.filter((one) => !ids.has(one.connectionId)));
  const after = firstOfEach(
    later.connections.filter((one) => one.establishedAt > at && !ids.has(one.connectionId)).toReversed(),
  );
  // Between a neighbour and this moment, or between it and the one who had the address at this moment.
  const holderOf = ({ endpointId }: ConnectionAnswer) => holders.find((one) => one.endpointId === endpointId);
  const sinceBefore = (one: ConnectionAnswer): [Instant, Instant] => [
    endBounds(one)[0] ?? one.establishedAt,
    holderOf(one)?.establishedAt ?? at,
  ];
  const untilAfter = (one: ConnectionAnswer): [Instant, Instant] => [
    endBounds(holderOf(one))[1] ?? at,
    one.establishedAt,
  ];
  return html`<div class="neighbours">${neighbourList(shown, 'Before', before, earlier, sinceBefore)}${neighbourList(shown, 'After', after, later, untilAfter)}</div>`;
}

/** The earliest and the latest end, where there is one. */
function endBounds(connection: ConnectionAnswer | undefined): [Instant | undefined, Instant | undefined] {
  return connection?.end?.between ?? [connection?.endedAt, connection?.endedAt];
}

/** Those that began later, in the shortest time ahead that has any. Newest first: the next one is on the last page. */
async function askNext(
  ask: (more: Readonly<Record<string, string>>) => Promise<ConnectionsAnswer>,
  at: Instant,
): Promise<ConnectionsAnswer> {
  for (const days of AHEAD_DAYS) {
    const until = days === undefined ? {} : { until: addSeconds(at, days * DAY_SECONDS) };
    const answer = await ask({ since: addSeconds(at, 1), match: 'started', limit: String(MOST_ROWS), ...until });
    if (answer.connections.length > 0 || days === undefined) return answer;
  }
  throw new Error('there is no last time ahead');
}

function firstOfEach(connections: readonly ConnectionAnswer[]): ConnectionAnswer[] {
  return [...Map.groupBy(connections, ({ endpointId }) => endpointId).values()].flatMap((ones) => ones.slice(0, 1));
}

function neighbourList(
  shown: Shown,
  word: 'Before' | 'After',
  connections: readonly ConnectionAnswer[],
  { coverage, cursor }: ConnectionsAnswer,
  between: (one: ConnectionAnswer) => [from: Instant, to: Instant],
): Html {
  const { question, labels } = shown;
  const isCut = word === 'After' && cursor !== undefined;
  const rows = connections.map((one) => {
    const [from, to] = between(one);
    const isGap = coverage.gaps.some((gap) => isGapOf(gap, one.endpointId) && gap.start < to && gap.end > from);
    return html`<li><strong>${link(question, connectionPath(one.connectionId), showName(one.identity))}</strong> at ${showEndpoint(labels, one.endpointId)}<br>
<span class="muted">${showTime(question, one.establishedAt)}${one.end?.between ? ', ended ' : one.endedAt === undefined ? ', ' : ' to '}${endOf(question, one)}</span>${isGap ? html`<br><span class="unsure-note">not recorded in between: somebody else may have had it</span>` : ''}</li>`;
  });
  const none = word === 'Before' ? 'Nobody is known to have had it before.' : 'Nobody is known to have had it since.';
  return html`<section><h2>${word}</h2>${
    isCut
      ? html`<p>More than ${MOST_ROWS.toLocaleString('en')} connections had it since; the next one is not looked up.</p>`
      : connections.length === 0
        ? html`<p class="muted">${none}</p>`
        : html`<ul>${rows}</ul>`
  }</section>`;
}

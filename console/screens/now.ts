import { html } from 'hono/html';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionAnswer, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import type { EndpointAnswer } from '../../lambda/query/schemas/trail.ts';
import { addSeconds, earliest, type Instant, secondsBetween } from '../../lambda/trail/time.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { askEndpoints } from '../parts/ask-endpoints.ts';
import { coverageBand } from '../parts/coverage-band.ts';
import { endpointGroup, showAge, showSpeed } from '../parts/endpoint-group.ts';
import { givenOwners, ofOwners, ownerChoice } from '../parts/owner-choice.ts';
import { sameAnswer } from '../parts/same-answer.ts';
import { askPace, type Pace, type Speed } from '../parts/speeds.ts';
import { attempt, emptyState, firstSteps, partialNote } from '../parts/states.ts';
import { showEndpoint, showTime } from '../parts/texts.ts';
import { addressOf, linkHere, type ScreenQuestion } from '../question.ts';
import type { Html, Screen } from '../screen.ts';

/** Rows on the page; there may be more, on the next. */
const LIMIT = String(MOST_ROWS);
/** More endpoints than these are shown without speeds: each costs two questions. */
const MOST_PACES = 12;
/** After an expected recording has begun it takes a while until it is answered from. */
const RECORDING_SECONDS = 15;
const LONGEST_WAIT_SECONDS = 300;

/** `/ui/now`: who is connected, by endpoint; how long, how much, how fast. */
export const nowScreen: Screen = {
  path: '/ui/now',
  section: 'Now',
  show: async (ports, question) => {
    const cursor = question.search.get('cursor') ?? undefined;
    const owners = givenOwners(question);
    const parameters = { ...owners, at: 'now', limit: LIMIT, cursor };
    const [{ endpoints: all, labels }, answer] = await Promise.all([
      askEndpoints(ports),
      askTrail(ports.ask, addressOf('/connections', parameters), connectionsAnswer),
    ]);
    const titles = { title: 'Now', heading: 'Who is connected' };
    if (all.length === 0) return { ...titles, body: firstSteps(ports, question), refreshAfterSeconds: 30 };
    const endpoints = ofOwners(all, owners);
    const { connections, window, coverage } = answer;
    const open = endpoints.filter(({ state }) => state !== 'closed');
    const paces = await Promise.all(
      open.slice(0, MOST_PACES).map(async (endpoint) => {
        const own = connections.filter(({ endpointId }) => endpointId === endpoint.endpointId);
        return { endpoint, ...(await attempt(askPace(ports, endpoint, own))) };
      }),
    );
    const paceOf = new Map(paces.map(({ endpoint, value }) => [endpoint.endpointId, value]));
    const trouble = paces.find((pace) => pace.trouble)?.trouble;
    const times = timesOf(question, open, [...paceOf.values()]);
    const next = answer.cursor === undefined ? '' : nextPage(question, answer.cursor, connections.length);
    const same = {
      json: { path: '/connections', parameters },
      command: { words: ['who', '--now'], options: { ...owners, limit: LIMIT, cursor } },
    };
    const groups = open.map((endpoint) => {
      const own = connections.filter(({ endpointId }) => endpointId === endpoint.endpointId);
      return endpointGroup(question, {
        endpoint,
        own,
        pace: paceOf.get(endpoint.endpointId),
        labels,
        isComplete: coverage.complete,
      });
    });
    return {
      ...titles,
      asked: times.words,
      body: html`${ownerChoice(question, all)}${coverageBand(question, { coverage, window, labels })}
${trouble === undefined ? '' : partialNote('How fast they are is not known', trouble)}
${summary(connections, [...paceOf.values()], answer.cursor !== undefined)}
${sameAnswer(ports, question, same)}
${groups}${next}${closedOnes(labels, endpoints)}`,
      ...(cursor === undefined ? { refreshAfterSeconds: times.refreshAfterSeconds } : {}),
    };
  },
};

/** How old the answer is, and when the next comes. */
function timesOf(question: ScreenQuestion, open: readonly EndpointAnswer[], paces: readonly (Pace | undefined)[]) {
  const asOf = earliest(open.map(({ lastSnapshotAt }) => lastSnapshotAt));
  const next = earliest(paces.map((pace) => pace?.next));
  const refresh = html`<a href="${linkHere(question, {})}">Refresh</a>`;
  const wait =
    next === undefined || isLate(question, next) ? 60 : secondsBetween(question.now, next) + RECORDING_SECONDS;
  const refreshAfterSeconds = Math.min(Math.max(wait, RECORDING_SECONDS), LONGEST_WAIT_SECONDS);
  if (asOf === undefined) return { words: html`Nothing has been recorded yet. ${refresh}`, refreshAfterSeconds };
  const age = Math.max(0, secondsBetween(asOf, question.now));
  const words = html`As of ${showTime(question, asOf)}, <span data-age="${age}">${showAge(age)}</span> ago. ${nextWords(question, next)} ${refresh}`;
  return { words, refreshAfterSeconds };
}

function nextWords(question: ScreenQuestion, next: Instant | undefined): Html {
  if (next === undefined) return html`When the next recording comes is not known yet.`;
  return isLate(question, next)
    ? html`<strong class="mark unsure">The recording that was expected at ${showTime(question, next)} has not come.</strong>`
    : html`The next recording is expected at ${showTime(question, next)}<span data-live hidden>; this page then goes on by itself</span>.`;
}

/** A recording may take a minute. */
const isLate = ({ now }: ScreenQuestion, next: Instant): boolean => addSeconds(next, 60) < now;

/** All endpoints in a line of numbers. */
function summary(
  connections: readonly ConnectionAnswer[],
  paces: readonly (Pace | undefined)[],
  isPart: boolean,
): Html {
  const people = new Set(connections.map(({ identity }) => identity.toLowerCase())).size;
  const speeds = paces.flatMap((pace) => [...(pace?.speeds.values() ?? [])]);
  const known = speeds.length === connections.length ? '' : `, of ${speeds.length} of them`;
  return html`<dl class="figures">
<div><dt>${isPart ? 'connections on this page' : 'connections'}</dt><dd>${connections.length.toLocaleString('en')}</dd></div>
<div><dt>people and machines</dt><dd>${people.toLocaleString('en')}</dd></div>
<div><dt>sent a second${known}</dt><dd>${speeds.length === 0 ? 'not known' : showSpeed(total(speeds, 'ingressBytes'))}</dd></div>
<div><dt>received a second${known}</dt><dd>${speeds.length === 0 ? 'not known' : showSpeed(total(speeds, 'egressBytes'))}</dd></div>
</dl>`;
}

const total = (speeds: readonly Speed[], name: keyof Speed) => speeds.reduce((sum, speed) => sum + speed[name], 0);
function nextPage(question: ScreenQuestion, cursor: string, shown: number): Html {
  return html`<p class="pager">These are ${shown.toLocaleString('en')} of more, newest first; sorting is of these alone. <a class="button" href="${linkHere(question, { cursor })}" rel="next">Next ${MOST_ROWS}</a></p>`;
}

function closedOnes(labels: EndpointLabels, endpoints: readonly EndpointAnswer[]): Html {
  const closed = endpoints.filter(({ state }) => state === 'closed');
  if (closed.length === 0) return html``;
  if (closed.length === endpoints.length)
    return emptyState('No endpoint is recorded any more', 'What was recorded of them stays.');
  return html`<p class="muted">Recorded no more: ${closed.map(({ endpointId, closedBecause }, index) => html`${index === 0 ? '' : ', '}${showEndpoint(labels, endpointId)}${closedBecause === undefined ? '' : ` (${closedBecause})`}`)}.</p>`;
}

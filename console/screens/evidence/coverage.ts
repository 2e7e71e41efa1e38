import { sum } from 'd3-array';
import { html } from 'hono/html';
import { askTrail } from '../../../lambda/query/schemas/ask-trail.ts';
import {
  type CoverageAnswer,
  coverageAnswer,
  type EndpointCoverage,
  type GapAnswer,
} from '../../../lambda/query/schemas/coverage.ts';
import { keysAnswer, trailCheckpointAnswer } from '../../../lambda/query/schemas/evidence.ts';
import { fingerprintOf } from '../../../lambda/trail/archive.ts';
import { asksForOwner } from '../../../lambda/trail/owner.ts';
import { earliest, secondsBetween } from '../../../lambda/trail/time.ts';
import { count, showDuration } from '../../../words/amounts.ts';
import { gapPlaceWords, ownerPlaceWords } from '../../../words/coverage-words.ts';
import { type EndpointLabels, ownedLabels } from '../../../words/endpoint-labels.ts';
import { coverageCalendar } from '../../charts/calendar.ts';
import { askEndpoints } from '../../parts/ask-endpoints.ts';
import { evidenceNav } from '../../parts/evidence-nav.ts';
import { givenWindow, questionForm } from '../../parts/fields.ts';
import { givenOwners, ownerChoice } from '../../parts/owner-choice.ts';
import { sameAnswer } from '../../parts/same-answer.ts';
import { attempt, firstSteps, partialNote } from '../../parts/states.ts';
import { table } from '../../parts/table.ts';
import { showEndpoint, showTime } from '../../parts/texts.ts';
import type { ScreenPorts } from '../../ports.ts';
import { addressOf, linkTo, type ScreenQuestion } from '../../question.ts';
import type { Html, Screen } from '../../screen.ts';

const MONTH = '30d';

/** `/ui/evidence`: which time is proven, what was signed, and with which key. */
export const coverageScreen: Screen = {
  path: '/ui/evidence',
  section: 'Evidence',
  show: async (ports, question) => {
    const { since, until } = givenWindow(question, MONTH);
    const form = questionForm(
      question,
      [
        { name: 'since', label: 'Since', value: since.text, placeholder: MONTH, wrong: since.wrong, isFirst: true },
        { name: 'until', label: 'Until', value: until.text, placeholder: 'now', wrong: until.wrong },
      ],
      'Show',
    );
    const heading = { title: 'Evidence', heading: 'Evidence' };
    const start = html`${evidenceNav(question)}${form}`;
    if (since.wrong !== undefined || until.wrong !== undefined) return { ...heading, body: start, status: 400 };
    const owners = givenOwners(question);
    const parameters = { ...owners, since: since.instant, until: until.instant };
    const [answer, signed] = await Promise.all([
      askTrail(ports.ask, addressOf('/coverage', parameters), coverageAnswer),
      signedSection(ports),
    ]);
    if (answer.endpoints.length === 0)
      return { ...heading, body: html`${evidenceNav(question)}${firstSteps(ports, question)}` };
    const same = sameAnswer(ports, question, {
      json: { path: '/coverage', parameters },
      command: { words: ['coverage'], options: { ...owners, since: since.text, until: until.text } },
    });
    // Without owners the answer has all endpoints.
    const { endpoints: all } = asksForOwner(owners) ? await askEndpoints(ports) : answer;
    const labels = ownedLabels(all);
    return {
      ...heading,
      asked: html`${showTime(question, answer.window.since)} to ${showTime(question, answer.window.until)}`,
      body: html`${start}${ownerChoice(question, all)}${summaryBand(question, answer, labels)}
<div class="calendars">${answer.endpoints.map((endpoint, index) => calendarOf(question, endpoint, answer, labels, index))}</div>
${gapList(question, answer, labels)}
${signed}
<details class="assumptions"><summary>What "proven" rests on</summary><ul>${answer.assumptions.map((one) => html`<li>${one}</li>`)}</ul></details>
${same}`,
    };
  },
};

/** Each endpoint's gaps, and until when the trail knows anything. */
function summaryBand(
  question: ScreenQuestion,
  { complete, endpoints, gaps: ofTargets = [], window }: CoverageAnswer,
  labels: EndpointLabels,
): Html {
  const known = earliest(endpoints.map(({ pendingSince }) => pendingSince));
  const isPending = known !== undefined && known < window.until;
  const pending =
    known === undefined
      ? ''
      : html`<p${isPending ? '' : html` class="muted"`}>Known until ${showTime(question, known)}: what came later the next recording tells.</p>`;
  if (complete) {
    const which = asksForOwner(givenOwners(question)) ? 'each of these endpoints' : 'every endpoint';
    return html`<p class="band complete"><strong>Complete</strong> <span>${which}, the whole window: nothing can be missing.</span></p>${pending}`;
  }
  const lines = endpoints.flatMap(({ endpointId, gaps }) => {
    const [before, lost] = [gaps.filter(isBefore), gaps.filter((gap) => !isBefore(gap))];
    const length = sum(lost, (gap) => secondsBetween(gap.start, gap.end));
    const words = [
      ...(lost.length > 0 ? [html`${count(lost.length, 'gap')}, ${showDuration(length)} in all`] : []),
      ...before.map(({ end }) => html`nothing recorded before ${showTime(question, end)}`),
    ];
    if (words.length === 0) return [];
    return [
      html`<li>${showEndpoint(labels, endpointId)}: ${words.map((one, index) => html`${index > 0 ? '; ' : ''}${one}`)}</li>`,
    ];
  });
  return html`<div class="band partial" role="note" aria-label="What is not proven"><p><strong>Not complete</strong></p><ul>${lines}${ofTargets.map((gap) => html`<li>${gapPlaceWords(gap)} from ${showTime(question, gap.start)} on</li>`)}</ul>${isPending ? pending : ''}</div>${isPending ? '' : pending}`;
}

function calendarOf(
  question: ScreenQuestion,
  endpoint: EndpointCoverage,
  { window }: CoverageAnswer,
  labels: EndpointLabels,
  index: number,
): Html {
  return coverageCalendar({
    id: `coverage-${index}`,
    title: labels.get(endpoint.endpointId) ?? endpoint.endpointId,
    endpoint,
    window,
    zone: question.zone,
    hrefOf: (narrower) => linkTo(question, '/ui/evidence', { ...givenOwners(question), ...narrower }),
  });
}

/** Whether nothing had been recorded yet: that is no fault of a recording. */
const isBefore = ({ reasons }: GapAnswer): boolean => reasons.includes('before-first-snapshot');

function gapList(
  question: ScreenQuestion,
  { endpoints, gaps: ofTargets = [] }: CoverageAnswer,
  labels: EndpointLabels,
): Html {
  const gaps = [
    ...endpoints.flatMap(({ endpointId, gaps }) =>
      gaps.filter((gap) => !isBefore(gap)).map((gap) => ({ ...gap, endpointId })),
    ),
    ...ofTargets,
  ].sort((one, other) => (one.start < other.start ? 1 : -1));
  if (gaps.length === 0) return html`<section><h2>Gaps</h2><p>There is none in this window.</p></section>`;
  return html`<section><h2 class="unseen">Gaps</h2>${table<(typeof gaps)[number]>({
    caption: html`<strong>${count(gaps.length, 'gap')}</strong>: somebody may have come and gone unseen`,
    columns: [
      { header: 'From', isName: true, cell: ({ start }) => showTime(question, start) },
      { header: 'To', cell: ({ end, ongoing }) => (ongoing ? html`goes on, so far` : showTime(question, end)) },
      { header: 'Length', align: 'right', cell: ({ start, end }) => showDuration(secondsBetween(start, end)) },
      {
        header: 'Endpoint',
        cell: (gap) => (gap.endpointId === undefined ? ownerPlaceWords(gap) : showEndpoint(labels, gap.endpointId)),
      },
      {
        header: 'Reason',
        cell: ({ reasons }) => reasons.join(', ') || 'unknown',
      },
    ],
    rows: gaps,
  })}</section>`;
}

/** The newest checkpoint over all logs, and the key that signed it. */
async function signedSection({ ask }: ScreenPorts): Promise<Html> {
  const [checkpoint, keys] = await Promise.all([
    attempt(askTrail(ask, '/checkpoints/trail', trailCheckpointAnswer)),
    attempt(askTrail(ask, '/keys', keysAnswer)),
  ]);
  const { value: signed } = checkpoint;
  const trouble = checkpoint.trouble ?? keys.trouble;
  const key = keys.value?.keys[0];
  const all = keys.value?.keys ?? [];
  return html`<section class="signed"><h2>What is signed</h2>
${trouble === undefined ? '' : partialNote('Of what is signed', trouble)}
<dl class="facts">
${
  signed === undefined
    ? ''
    : html`<div><dt>Trail</dt><dd><code>${signed.trail}</code></dd></div>
<div><dt>Checkpoint over all logs</dt><dd>${count(signed.size, 'entry')}, root <code>${signed.root}</code></dd></div>`
}
${all.map(({ publicKey, logs }) => html`<div><dt>Key</dt><dd>Ed25519, fingerprint <code>${fingerprintOf(Buffer.from(publicKey, 'base64'))}</code>, of ${count(logs.length, 'log')}<br><span class="muted">public key <code>${publicKey}</code></span></dd></div>`)}
</dl>
${signed === undefined ? '' : html`<details><summary>The checkpoint, to keep where nobody of the trail can change it</summary><pre class="code" tabindex="0">${signed.checkpoint}</pre><p class="muted">A copy of it finds later what is gone: <code>cvpn-audit verify --since-checkpoint FILE</code></p></details>`}
${key === undefined ? '' : html`<details><summary>The public key as PEM</summary><pre class="code" tabindex="0">${key.pem}</pre></details>`}
</section>`;
}

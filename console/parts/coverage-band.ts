import { html } from 'hono/html';
import type { AnswerCoverage, GapAnswer } from '../../lambda/query/schemas/coverage.ts';
import { isOfEvery } from '../../lambda/trail/coverage.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { count } from '../../words/amounts.ts';
import { ownerPlaceWords } from '../../words/coverage-words.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import type { ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import { showEndpoint, showTime, showWindow } from './texts.ts';

interface Covered {
  readonly coverage: AnswerCoverage;
  readonly window: { readonly since: Instant; readonly until: Instant };
  readonly labels: EndpointLabels;
}

const MOST_GAPS = 5;

/**
 * What an answer may be relied on for, above it: the window that was searched, and each gap or pending time that it touches. Never
 * by colour alone: a mark and a word say it too.
 */
export function coverageBand(question: ScreenQuestion, { coverage, window, labels }: Covered): Html {
  const searched = html`${showWindow(question, window.since, window.until)}`;
  if (coverage.complete) {
    return html`<p class="band complete"><strong>Complete</strong> <span>${searched}: nothing can be missing.</span></p>`;
  }
  const { gaps, pendingSince } = coverage;
  const isPending = pendingSince !== undefined && pendingSince < window.until;
  // One outage is mostly that of all endpoints, or of all targets.
  const same = Map.groupBy(gaps, ({ start, end, reasons, ongoing, accountId }) =>
    [start, end, ongoing, accountId !== undefined, ...reasons].join(),
  );
  const all = [...same.values()].map((ones) => html`<li>${showGap(question, ones, labels)}</li>`);
  const [shown, more] = [all.slice(0, MOST_GAPS), all.slice(MOST_GAPS)];
  return html`<div class="band partial" role="note" aria-label="What may be missing">
<p><strong>Not complete</strong> <span>${searched}: ${gaps.length === 0 ? '' : html`${count(all.length, 'gap')} in it. `}Somebody may be missing from this answer.</span></p>
${shown.length === 0 ? '' : html`<ul>${shown}</ul>`}
${more.length === 0 ? '' : html`<details><summary>and ${count(more.length, 'more gap')}</summary><ul>${more}</ul></details>`}
${isPending ? html`<p>What happened after ${showTime(question, pendingSince)} is not known yet; the next recording tells.</p>` : ''}
</div>`;
}

/** @param ones the same gap of several endpoints, or of targets of which no endpoint is known */
function showGap(question: ScreenQuestion, ones: readonly GapAnswer[], labels: EndpointLabels): Html | string {
  const [gap] = ones;
  if (gap === undefined) return '';
  const { start, end, reasons, ongoing } = gap;
  const ids = ones.flatMap(({ endpointId }) => endpointId ?? []);
  const targets = ones.filter(({ accountId }) => accountId !== undefined).map(ownerPlaceWords);
  const isEvery = ones.some(isOfEvery) || (ids.length > 1 && ids.length === labels.size);
  const where = isEvery
    ? 'Every endpoint'
    : ids.map((id, index) => html`${index === 0 ? '' : ', '}${showEndpoint(labels, id)}`);
  const when = ongoing ? html`from ${showTime(question, start)} on, so far` : showWindow(question, start, end);
  const subject = targets.length > 0 ? html`${targets.join(', ')}: nothing recorded` : html`${where}:`;
  return html`${subject} ${when} <span class="muted">(${reasons.join(', ') || 'reason unknown'})</span>`;
}

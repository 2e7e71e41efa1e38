import { html } from 'hono/html';
import { secondsBetween } from '../../lambda/trail/time.ts';
import { showDuration } from '../../words/amounts.ts';
import type { JobState } from '../ports.ts';
import { linkHere, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import { showTime } from './texts.ts';

/** How often a page looks how far a job is. */
export const LOOK_AGAIN_SECONDS = 2;

/** A job under way. */
export function jobUnderWay(question: ScreenQuestion, what: string, { startedAt, progress }: JobState): Html {
  return html`<section class="state" aria-live="polite"><h2>${what} is under way</h2>
<p>Started at ${showTime(question, startedAt)}. ${progress === '' ? 'It has begun.' : progress}</p>
<p><a href="${linkHere(question, {})}">Look again</a> <span class="muted">With its script this page does so by itself.</span></p></section>`;
}

/** When a job was started, and how long it took. */
export function jobTimes(question: ScreenQuestion, { startedAt, ended }: JobState): Html {
  if (!ended) return html``;
  return html`<p class="muted">Started at ${showTime(question, startedAt)}, took ${showDuration(Math.max(0, secondsBetween(startedAt, ended.at)))}.</p>`;
}

import { html } from 'hono/html';
import { TrailRefusal } from '../../lambda/query/schemas/ask-trail.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import { printable } from '../../words/printable.ts';
import type { ScreenPorts } from '../ports.ts';
import { linkHere, type ScreenQuestion } from '../question.ts';
import type { Html, Page } from '../screen.ts';
import { link } from './texts.ts';

/** Nothing to show, and what to do about it. */
export function emptyState(heading: string, ...lines: readonly (Html | string)[]): Html {
  return html`<section class="state"><h2>${heading}</h2>${lines.map((line) => html`<p>${line}</p>`)}</section>`;
}

/** Nothing has been recorded yet: the first steps. */
export function firstSteps({ kind }: ScreenPorts, question: ScreenQuestion): Html {
  const steps =
    kind === 'local'
      ? [
          html`Leave <code>cvpn-audit serve</code> running. It records at each full interval (every 5 minutes unless <code>--every</code> says otherwise); the first recording shows here.`,
          html`If none comes, what it prints says why: mostly there is no Client VPN endpoint in the Region, or the AWS credentials may not describe it.`,
          html`To see how it looks with a simulated company: <code>npm start</code>.`,
        ]
      : [
          html`The schedule of the deployment records every 5 minutes unless it was set otherwise; the first recording shows here.`,
          html`If none comes, the recorder's log says why (the stack's output <code>RecorderLogGroupName</code>): mostly there is no Client VPN endpoint in the Region, or a permission is missing.`,
          html`Without a line of today in that log it does not run: look at its schedule, and at the alarm <code>NotInvoked</code>.`,
        ];
  return html`<section class="state"><h2>Nothing is recorded yet</h2>
<p>AWS forgets a connection 60 minutes after it ends. From the first recording on, this trail keeps it.</p>
<ol>${steps.map((step) => html`<li>${step}</li>`)}</ol>
<p>${link(question, question.path, 'Look again')}</p></section>`;
}

/** A part of the page could not be asked; the rest stands. */
export function partialNote(what: string, trouble: Error): Html {
  return html`<p class="band partial" role="note"><strong>In part</strong> <span>${what}: ${wordsOf(trouble)}</span></p>`;
}

/** The answer, or why there is none; for a part of a page that the rest can do without. */
export async function attempt<T>(asked: Promise<T>): Promise<{ readonly value?: T; readonly trouble?: Error }> {
  try {
    return { value: await asked };
  } catch (error) {
    return { trouble: toError(error) };
  }
}

function wordsOf(trouble: Error): string {
  if (!(trouble instanceof TrailRefusal)) return 'The trail answered something that is no answer.';
  return printable(trouble.problem.detail ?? trouble.problem.title ?? `The trail's API answered ${trouble.status}.`);
}

/** What a trouble is called, by its HTTP status, and what to do. */
const TROUBLES: Readonly<Record<number, { readonly heading: string; readonly advice?: string }>> = {
  400: { heading: 'The question cannot be answered as it is' },
  403: {
    heading: 'The trail refuses the question',
    advice: 'When the credentials are in order, reload this page: they are read again for each question.',
  },
  404: { heading: 'Not recorded' },
  429: {
    heading: 'The trail is asked too often',
    advice: 'The API limits how many questions it takes a second. Reload in some seconds.',
  },
  502: { heading: 'The trail does not answer', advice: 'Reload to ask again.' },
  503: { heading: 'The trail cannot answer at the moment', advice: 'Reload in some seconds.' },
};

/** What a refusal is called that comes from the caller's own credentials, by the command's words for it. */
const OF_CREDENTIALS = [
  [/credentials (?:have )?expired/i, 'The AWS credentials have expired'],
  [/no usable AWS credentials/i, 'There are no AWS credentials'],
] as const;

/** The page in place of one that could not be made: what went wrong, and what to do. */
export function troublePage(error: unknown, { onError }: ScreenPorts, question: ScreenQuestion): Page {
  const trouble = toError(error);
  const isRefusal = trouble instanceof TrailRefusal;
  if (!isRefusal) onError(trouble);
  const { problem, status } = isRefusal ? trouble : { problem: {}, status: 500 };
  const { heading, advice } = TROUBLES[status] ?? {
    heading: 'The question could not be answered',
    advice: 'Reload to ask again. The command that serves this page has printed more.',
  };
  const title = OF_CREDENTIALS.find(([words]) => words.test(problem.detail ?? ''))?.[1] ?? heading;
  const wrong = problem.errors?.map(
    ({ parameter, given, expected }) =>
      html`<li><strong>${printable(parameter)}</strong>${given === undefined ? '' : html` <bdi>${printable(given)}</bdi>`}: expected ${printable(expected)}</li>`,
  );
  return {
    title,
    heading: title,
    status: status === 500 || status === 503 ? 502 : status,
    body: html`<section class="state trouble" role="alert">
${wrong === undefined ? html`<p>${wordsOf(trouble)}</p>` : html`<ul>${wrong}</ul>`}
${advice === undefined ? '' : html`<p>${advice}</p>`}
${problem.requestId === undefined ? '' : html`<p class="muted">Request ${printable(problem.requestId)}</p>`}
<p><a href="${linkHere(question, {})}">Ask again</a></p>
</section>`,
  };
}

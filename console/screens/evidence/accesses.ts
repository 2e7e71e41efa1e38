import { html } from 'hono/html';
import { askTrail } from '../../../lambda/query/schemas/ask-trail.ts';
import { type AccessesAnswer, accessesAnswer } from '../../../lambda/query/schemas/trail.ts';
import { count } from '../../../words/amounts.ts';
import { evidenceNav } from '../../parts/evidence-nav.ts';
import { givenText, givenWindow, questionForm } from '../../parts/fields.ts';
import { sameAnswer } from '../../parts/same-answer.ts';
import { emptyState } from '../../parts/states.ts';
import { table } from '../../parts/table.ts';
import { showName, showTime } from '../../parts/texts.ts';
import { addressOf, linkHere } from '../../question.ts';
import type { Screen } from '../../screen.ts';

const WEEK = '7d';

/** `/ui/evidence/accesses`: who asked the trail what, and when. */
export const accessesScreen: Screen = {
  path: '/ui/evidence/accesses',
  section: 'Evidence',
  show: async (ports, question) => {
    const { since, until } = givenWindow(question, WEEK);
    const start = html`${evidenceNav(question)}${questionForm(
      question,
      [
        { name: 'since', label: 'Since', value: since.text, placeholder: WEEK, wrong: since.wrong, isFirst: true },
        { name: 'until', label: 'Until', value: until.text, placeholder: 'now', wrong: until.wrong },
      ],
      'Show',
    )}`;
    const heading = { title: 'Who read the trail', heading: 'Who read the trail' };
    if (since.wrong !== undefined || until.wrong !== undefined) return { ...heading, body: start, status: 400 };
    // The next page goes on with the same window: a cursor belongs to its question.
    const parameters = { since: since.instant, until: until.instant, limit: '100' };
    const cursor = givenText(question, 'cursor');
    const {
      accesses,
      window,
      cursor: next,
    } = await askTrail(ports.ask, addressOf('/accesses', { ...parameters, cursor }), accessesAnswer);
    const rows = table<AccessesAnswer['accesses'][number]>({
      caption: `${count(accesses.length, 'access')}${next === undefined && cursor === '' ? '' : ' on this page'}, newest first; reading them is one too`,
      columns: [
        { header: 'At', isName: true, cell: ({ at }) => showTime(question, at) },
        { header: 'Who', cell: ({ principal }) => showName(principal) },
        {
          header: 'Question',
          cell: (access) => html`<span class="code">${showName(readable(access.question))}</span>`,
        },
        { header: 'Rows', align: 'right', cell: (access) => access.rows.toLocaleString('en') },
      ],
      rows: accesses,
    });
    const fixed = { since: window.since, until: window.until, cursor: next };
    return {
      ...heading,
      asked: html`${showTime(question, window.since)} to ${showTime(question, window.until)}`,
      body: html`${start}${accesses.length === 0 ? emptyState('Nobody asked in this window') : rows}
${next === undefined ? '' : html`<p><a class="button" href="${linkHere(question, fixed)}">Earlier ones</a></p>`}
${sameAnswer(ports, question, {
  json: { path: '/accesses', parameters },
  command: { words: ['accesses'], options: { since: since.text, until: until.text, limit: parameters.limit } },
})}`,
    };
  },
};

/** Path and parameters as people read them. */
function readable(question: string): string {
  try {
    return decodeURIComponent(question.replaceAll('+', ' '));
  } catch {
    return question;
  }
}

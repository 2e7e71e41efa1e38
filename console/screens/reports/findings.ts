import { html } from 'hono/html';
import { readSeconds } from '../../../lambda/trail/read-time.ts';
import { addSeconds, DAY_SECONDS } from '../../../lambda/trail/time.ts';
import { type FindingsReport, RULE_NAMES, reportFindings } from '../../../reports/findings/findings.ts';
import { findingsFile } from '../../../reports/findings/findings-file.ts';
import type { Finding } from '../../../reports/findings/rule.ts';
import {
  DEFAULT_THRESHOLDS,
  MEBIBYTE,
  THRESHOLDS,
  type ThresholdName,
  type Thresholds,
  USUAL_DAYS,
} from '../../../reports/findings/thresholds.ts';
import { count, exactDuration } from '../../../words/amounts.ts';
import { shortId } from '../../../words/endpoint-labels.ts';
import { type Field, givenText } from '../../parts/fields.ts';
import { type SortableColumn, sortTable } from '../../parts/sorting.ts';
import { emptyState } from '../../parts/states.ts';
import { table } from '../../parts/table.ts';
import { connectionPath, link, showName, showTime } from '../../parts/texts.ts';
import { linkHere, type ScreenQuestion } from '../../question.ts';
import type { Html } from '../../screen.ts';
import { reportScreen } from './report-page.ts';

const NAMES = Object.keys(THRESHOLDS) as ThresholdName[];

/** `/ui/reports/findings`: what stands out, by rules with thresholds of their own. */
export const findingsScreen = reportScreen<FindingsReport, Finding>({
  name: 'findings',
  title: 'Findings',
  button: 'Show findings',
  about: 'What stands out, by rules. A finding is a reason to look, no verdict:',
  isOfAll: true,
  more: (question) => ({ summary: 'Thresholds', fields: NAMES.map((name) => fieldOf(question, name)) }),
  hidden: (question) => ({ rule: question.search.getAll('rule') }),
  options: (question) => ({
    ...Object.fromEntries(NAMES.map((name) => [name, givenText(question, name)])),
    rule: question.search.getAll('rule'),
  }),
  download: findingsFile,
  make: (ports, asked, question) => {
    const thresholds = Object.fromEntries(NAMES.map((name) => [name, readThreshold(question, name)])) as Thresholds;
    const since = asked.since ?? addSeconds(question.now, -USUAL_DAYS * DAY_SECONDS);
    const rules = question.search.getAll('rule').filter((rule) => RULE_NAMES.includes(rule));
    return reportFindings(ports, { ...asked, since, thresholds, rules });
  },
  show: (report, { question }) => html`${ruleList(question, report)}${findingsTable(question, report)}`,
});

/** What a threshold was given as: seconds, mebibytes or a number; its default if it was not given, NaN if it is none. */
function readThreshold(question: ScreenQuestion, name: ThresholdName): number {
  const text = givenText(question, name);
  if (text === '') return DEFAULT_THRESHOLDS[name];
  const { kind } = THRESHOLDS[name];
  if (kind === 'seconds') return readSeconds(text) || Number.NaN;
  const number = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (kind === 'bytes') return number * MEBIBYTE;
  return kind === 'count' && !Number.isInteger(number) ? Number.NaN : number;
}

const EXPECTED = {
  seconds: 'a duration like 90s, 5m, 24h or 90d',
  bytes: 'a number of MiB',
  count: 'a whole number',
  factor: 'a number',
} as const;

function fieldOf(question: ScreenQuestion, name: ThresholdName): Field {
  const { kind, byDefault, says } = THRESHOLDS[name];
  const usual =
    kind === 'seconds' ? exactDuration(byDefault) : kind === 'bytes' ? `${byDefault / MEBIBYTE}` : `${byDefault}`;
  return {
    name,
    label: kind === 'bytes' ? `${says}, MiB` : says,
    value: givenText(question, name),
    placeholder: usual,
    wrong: Number.isNaN(readThreshold(question, name)) ? EXPECTED[kind] : undefined,
  };
}

/** Each rule with its words and how much it found; its link asks it alone. */
function ruleList(question: ScreenQuestion, { rules, past }: FindingsReport): Html {
  const isOne = question.search.getAll('rule').length > 0;
  const items = rules.map(({ name, words, findings }) => {
    const title = html`<a href="${linkHere(question, { rule: name })}">${name.replaceAll('-', ' ')}</a>`;
    return html`<div><dt>${title} <span class="muted">${findings.toLocaleString('en')}</span></dt><dd>${words}</dd></div>`;
  });
  const all = isOne ? html`<p><a href="${linkHere(question, { rule: undefined })}">All rules</a></p>` : '';
  const known = past.complete
    ? 'Nothing can be missing from it.'
    : html`<span class="mark unsure">Something may be missing from it: what rests on it says so.</span>`;
  return html`<dl class="rules">${items}</dl>${all}<p class="muted">The past that the rules know begins at ${showTime(question, past.since)}. ${known}</p>`;
}

function findingsTable(question: ScreenQuestion, { rows, coverage }: FindingsReport): Html {
  if (rows.length === 0) {
    const words = coverage.complete
      ? 'Nothing can be missing from this window.'
      : 'But something may be missing from it: the reasons are above.';
    return emptyState('Nothing stands out', words);
  }
  const columns: SortableColumn<Finding>[] = [
    {
      name: 'when',
      header: 'When',
      isName: true,
      cell: ({ since }) => showTime(question, since),
      sortBy: ({ since }) => since,
      first: 'descending',
    },
    { name: 'rule', header: 'Rule', cell: ({ rule }) => rule.replaceAll('-', ' '), sortBy: ({ rule }) => rule },
    {
      name: 'who',
      header: 'Who',
      cell: ({ user }) =>
        link(question, '/ui/timeline', showName(user), { who: user, since: givenText(question, 'since') }),
      sortBy: ({ user }) => user,
    },
    { name: 'what', header: 'What', cell: (row) => html`${showName(row.says)}${doubts(row)}` },
    { name: 'connections', header: 'It rests on', cell: (row) => connectionLinks(question, row) },
  ];
  const sorted = sortTable(question, columns, rows);
  const order = sorted.isSorted ? '' : ', newest first';
  return table({ caption: `${count(rows.length, 'finding')}${order}`, columns: sorted.columns, rows: sorted.rows });
}

function doubts({ possible, pastIncomplete }: Finding): Html | string {
  const marks = [...(possible ? ['possible'] : []), ...(pastIncomplete ? ['its past is not complete'] : [])];
  return marks.length === 0 ? '' : html` <span class="mark unsure">${marks.join(', ')}</span>`;
}

function connectionLinks(question: ScreenQuestion, { connectionIds, moreConnections }: Finding): Html {
  const links = connectionIds.map(
    (id, index) =>
      html`${index === 0 ? '' : ', '}${link(question, connectionPath(id), html`<code>${shortId(id)}</code>`)}`,
  );
  const more = moreConnections === undefined ? '' : html` and ${moreConnections.toLocaleString('en')} more`;
  if (links.length <= 2) return html`${links}${more}`;
  return html`<details><summary>${count(connectionIds.length + (moreConnections ?? 0), 'connection')}</summary>${links}${more}</details>`;
}

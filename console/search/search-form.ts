import { html } from 'hono/html';
import { MATCHES } from '../../lambda/query/matches.ts';
import { STATUSES } from '../../lambda/query/parameters/definitions.ts';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import type { GivenOwners } from '../parts/owner-choice.ts';
import { linkHere, linkTo, type Parameters, pairsOf, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import { parametersFor, type Search } from './search.ts';
import { completions, type NotUnderstood, writeWords } from './words.ts';

interface SearchForm {
  readonly search: Search;
  /** What is in the box, if that is not the search itself: it was not understood. */
  readonly typed?: string | undefined;
  readonly notUnderstood: readonly NotUnderstood[];
  readonly labels: EndpointLabels;
  /** The accounts and Regions that one may choose from. */
  readonly owners: GivenOwners;
  /** Names that the box completes to. */
  readonly names: readonly string[];
  /** The columns that there are, and whether each is shown. */
  readonly columns: readonly { readonly name: string; readonly header: string; readonly isShown: boolean }[];
  readonly limit: string;
}

/** Rows of a page that one may choose from. */
export const LIMITS = ['50', '100', '250', '1000'];

const MATCH_WORDS: Readonly<Record<(typeof MATCHES)[number], string>> = {
  overlap: 'connected at any time in it',
  started: 'established in it',
  ended: 'ended in it',
};

/** The search box, and beside it the same as ordinary fields: both are what the address of the page says. */
export function searchForm(question: ScreenQuestion, form: SearchForm): Html {
  const { search, typed, notUnderstood, labels, owners, names } = form;
  const kept = keptParameters(question);
  return html`<search class="search">
<form method="get" action="${question.path}" class="box">
${hidden(kept)}
<label for="q" class="unseen">Search</label>
<input id="q" name="q" type="search" value="${printable(typed ?? writeWords(search, labels))}" data-search list="words" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="user:alice ip:172.31.0.225 endpoint:office since:7d -user:svc-*"${notUnderstood.length === 0 ? '' : html` aria-invalid="true" aria-describedby="not-understood"`}>
<datalist id="words">${completions(labels, names, owners).map((word) => html`<option value="${word}"></option>`)}</datalist>
<button type="submit">Search</button>
</form>
${notUnderstood.length === 0 ? '' : complaints(question, notUnderstood, search)}
${usualWindows(question, search)}
${fields(question, form, kept)}
</search>`;
}

/** What a search leaves as it is. */
function keptParameters({ search, zone }: ScreenQuestion): Parameters {
  return {
    sort: search.get('sort') ?? undefined,
    columns: search.getAll('columns'),
    limit: search.get('limit') ?? undefined,
    tz: zone === DEFAULT_ZONE ? undefined : zone,
  };
}

const hidden = (parameters: Parameters): Html[] =>
  pairsOf(parameters).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

function complaints(question: ScreenQuestion, notUnderstood: readonly NotUnderstood[], search: Search): Html {
  const without = linkTo(question, question.path, { ...keptParameters(question), ...parametersFor(search) });
  const lines = notUnderstood.map(
    ({ word, expected }) => html`<li><bdi class="code">${printable(word)}</bdi>: expected ${printable(expected)}.</li>`,
  );
  return html`<div id="not-understood" class="band partial" role="alert"><p><strong>Not understood</strong> <span>Nothing was asked.</span></p><ul>${lines}</ul><p><a href="${without}">Ask without</a></p></div>`;
}

function fields(
  question: ScreenQuestion,
  { search, labels, owners, columns, limit }: SearchForm,
  kept: Parameters,
): Html {
  const text = (name: string, label: string, values: readonly string[], hint = '') =>
    (values.length === 0 ? [''] : values).map((value, index) => textField(name, label, value, index, hint));
  const choice = (name: string, label: string, values: readonly string[], options: Options) =>
    (values.length === 0 ? [''] : values).map((value, index) => choiceField(name, label, value, index, options));
  const one = (value: string | undefined) => (value === undefined ? [] : [value]);
  const owner = (name: keyof GivenOwners, label: string) =>
    owners[name].length + search[name].length === 0
      ? ''
      : choice(name, label, search[name], [['', 'any'], ...owners[name].map((one) => [one, one] as const)]);
  const rare = (['username', 'commonName', 'connectionId'] as const).filter((name) => search[name].length > 0);
  const matches = MATCHES.map((match) => [match === 'overlap' ? '' : match, MATCH_WORDS[match]] as const);
  const not = parametersFor(search).not ?? [];
  return html`<form method="get" action="${question.path}" class="fields">
${hidden({ sort: kept.sort, tz: kept.tz })}
<div class="grid">
${text('user', 'User', search.user, 'alice')}
${text('ip', 'Address', search.ip, '172.31.0.225')}
${choice('endpoint', 'Endpoint', search.endpoint, [['', 'any'], ...labels])}${owner('account', 'Account')}${owner('region', 'Region')}
${choice('status', 'Status', search.status, [['', 'any'], ...STATUSES.map((status) => [status, status] as const)])}
${text('since', 'Since', one(search.since), '7d')}
${text('until', 'Until', one(search.until), 'now')}
<div class="go"><button type="submit">Ask</button> <a href="${linkTo(question, question.path)}">Clear</a></div>
</div>
<details><summary>More fields, and columns</summary>
<div class="grid">
${text('at', 'At a moment, in place of a window', one(search.at), '2026-11-22 14:03')}
${choice('match', 'In the window', [search.match === 'overlap' ? '' : (search.match ?? '')], matches)}
${text('not', 'Left out', [not].flat(), 'user:svc-*')}
${rare.map((name) => text(name, { username: 'Username', commonName: 'Common name', connectionId: 'Connection' }[name], search[name]))}
${choiceField(
  'limit',
  'Rows a page',
  limit,
  0,
  LIMITS.map((rows) => [rows, rows]),
)}
</div>
<fieldset><legend>Columns</legend><div class="checks">${columns.map(({ name, header, isShown }) => html`<label class="check"><input type="checkbox" name="columns" value="${name}"${isShown ? ' checked' : ''}> ${header}</label>`)}</div></fieldset>
<div class="row"><button type="submit">Ask with these</button></div>
</details>
</form>`;
}

type Options = readonly (readonly [value: string, text: string])[];

function textField(name: string, label: string, value: string, index: number, hint: string): Html {
  const id = `field-${name}-${index}`;
  return html`<div><label for="${id}">${label}</label><input id="${id}" name="${name}" value="${printable(value)}" placeholder="${hint}" autocomplete="off" autocapitalize="off" spellcheck="false"></div>`;
}

function choiceField(name: string, label: string, value: string, index: number, options: Options): Html {
  const id = `field-${name}-${index}`;
  // What is not among them was asked for all the same.
  const all = options.some(([one]) => one === value) ? options : [...options, [value, value] as const];
  return html`<div><label for="${id}">${label}</label><select id="${id}" name="${name}">${all.map(([one, shown]) => html`<option value="${one}"${one === value ? ' selected' : ''}>${printable(shown)}</option>`)}</select></div>`;
}

/** Usual windows, as links. */
function usualWindows(question: ScreenQuestion, search: Search): Html {
  const windows = [
    ['24h', 'last 24 hours'],
    ['7d', '7 days'],
    ['30d', '30 days'],
    [undefined, 'all that is recorded'],
  ] as const;
  const links = windows.map(([since, label]) => {
    const isCurrent = search.since === since && search.until === undefined && search.at === undefined;
    const href = linkHere(question, { since, until: undefined, at: undefined, cursor: undefined });
    return html`<li><a href="${href}"${isCurrent ? html` aria-current="true"` : ''}>${label}</a></li>`;
  });
  return html`<ul class="choices" aria-label="Window">${links}</ul>`;
}

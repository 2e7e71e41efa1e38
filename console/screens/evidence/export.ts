import { isIP } from 'node:net';
import { html } from 'hono/html';
import { EXPORT_FORMATS, type ExportFormat } from '../../../lambda/export/formats/format.ts';
import { MOST_ROWS } from '../../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../../lambda/query/schemas/ask-trail.ts';
import {
  type ConnectionAnswer,
  type ConnectionsAnswer,
  connectionsAnswer,
} from '../../../lambda/query/schemas/connection.ts';
import type { Instant } from '../../../lambda/trail/time.ts';
import { count, showBytes, showDuration } from '../../../words/amounts.ts';
import { optionOf, optionsOf } from '../../../words/command-line.ts';
import type { EndpointLabels } from '../../../words/endpoint-labels.ts';
import { printableJson } from '../../../words/printable.ts';
import { askEndpoints } from '../../parts/ask-endpoints.ts';
import { coverageBand } from '../../parts/coverage-band.ts';
import { evidenceNav } from '../../parts/evidence-nav.ts';
import { givenText, givenWindow, questionForm } from '../../parts/fields.ts';
import { jobTimes, jobUnderWay, LOOK_AGAIN_SECONDS } from '../../parts/job-progress.ts';
import { type GivenOwners, givenOwners, ownerChoice } from '../../parts/owner-choice.ts';
import { commandLine, sameAnswer } from '../../parts/same-answer.ts';
import { table } from '../../parts/table.ts';
import { showEndpoint, showName, showTime } from '../../parts/texts.ts';
import type { FileJob, ScreenPorts } from '../../ports.ts';
import { addressOf, linkHere, linkTo, pairsOf, type ScreenQuestion } from '../../question.ts';
import { type Html, leadTo, type Screen } from '../../screen.ts';

const PATH = '/ui/evidence/export';
/** The option of the command that takes along what proves the rows. */
const EVIDENCE = '--evidence';

interface Form {
  readonly name: string;
  readonly extension: string;
  /** Bytes for each byte of NDJSON, as measured over a simulated company. */
  readonly size: number;
}

const FORMS: Readonly<Record<ExportFormat, Form>> = {
  csv: { name: 'CSV, spreadsheet', extension: 'csv', size: 0.55 },
  ndjson: { name: 'NDJSON, all fields', extension: 'ndjson', size: 1 },
  parquet: { name: 'Parquet, analysis', extension: 'parquet', size: 0.13 },
  ocsf: { name: 'OCSF, SIEM', extension: 'ocsf.ndjson', size: 3.6 },
};

/** What is to be exported, as the address has it. */
interface Wanted {
  readonly filters: { readonly user?: string; readonly ip?: string; readonly endpoint?: string } & GivenOwners;
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly format: ExportFormat;
  /** What proves the rows comes along. */
  readonly evidence: boolean;
}

/** `/ui/evidence/export`: what would be in an export, and the signed file. */
export const exportScreen: Screen = {
  path: PATH,
  section: 'Evidence',
  show: async (ports, question) => {
    const state = ports.exports?.state();
    const isUnderWay = state !== undefined && state.ended === undefined;
    const page = {
      title: 'Export',
      heading: 'Export',
      asked: 'Everything that matches, as a file with a signed manifest beside it',
      refreshAfterSeconds: isUnderWay ? LOOK_AGAIN_SECONDS : undefined,
    };
    if (isUnderWay)
      return { ...page, body: html`${evidenceNav(question)}${jobUnderWay(question, 'An export', state)}` };
    const { endpoints, labels } = await askEndpoints(ports);
    const wanted = readWanted(question);
    const made = ports.exports === undefined ? '' : madeFiles(ports.exports, question);
    const form = html`${exportForm(question, labels)}${ownerChoice(question, endpoints)}`;
    if (wanted === undefined) {
      const isWrong = question.search.has('since');
      return { ...page, body: html`${evidenceNav(question)}${made}${form}`, ...(isWrong ? { status: 400 } : {}) };
    }
    const answer = await askTrail(
      ports.ask,
      addressOf('/connections', {
        ...wanted.filters,
        since: wanted.since,
        until: wanted.until,
        limit: String(MOST_ROWS),
      }),
      connectionsAnswer,
    );
    return {
      ...page,
      body: html`${evidenceNav(question)}${made}${form}${preview(ports, question, wanted, answer, labels)}`,
    };
  },
  submit: async ({ exports }, question) => {
    const wanted = readWanted(question);
    if (wanted !== undefined) exports?.start(wordsOf(wanted), nameOf(wanted));
    return leadTo(linkHere(question, {}));
  },
};

/** `/ui/evidence/export/{name}`: a file of the last export. */
export const exportedFileScreen: Screen = {
  path: `${PATH}/{name}`,
  section: 'Evidence',
  show: async ({ exports }, question) => {
    const { name = '' } = question.names;
    const file = exports?.files().find((one) => one.name === name);
    const content = file && exports?.open(name);
    if (!file || !content) return leadTo(linkTo(question, PATH));
    return new Response(content, {
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(file.bytes),
        'Content-Disposition': `attachment; filename="${name}"`,
        'Cache-Control': 'no-store',
      },
    });
  },
};

/** Undefined where nothing was asked for yet, or a time is none. */
function readWanted(question: ScreenQuestion): Wanted | undefined {
  const { since, until } = givenWindow(question);
  if (!question.search.has('since') || since.wrong !== undefined || until.wrong !== undefined) return undefined;
  const [who, endpoint, format] = ['who', 'endpoint', 'format'].map((name) => givenText(question, name));
  const person = who ? (isIP(who) === 0 ? { user: who } : { ip: who }) : {};
  return {
    filters: { ...person, ...(endpoint ? { endpoint } : {}), ...givenOwners(question) },
    since: since.instant,
    until: until.instant,
    format: EXPORT_FORMATS.find((one) => one === format) ?? 'csv',
    evidence: question.search.has('evidence'),
  };
}

/** As options of `cvpn-audit export`; each is one word, so that no value is taken for an option. */
function wordsOf({ filters, since, until, format, evidence }: Wanted): string[] {
  const given = pairsOf(optionsOf({ ...filters, since, until, format })).map(
    ([name, value]) => `${optionOf(name)}=${value}`,
  );
  return [...given, ...(evidence ? [EVIDENCE] : [])];
}

/** What the file is called: who, and the days. */
function nameOf({ filters, since, until, format }: Wanted): string {
  const who = filters.user ?? filters.ip ?? filters.endpoint ?? [...filters.account, ...filters.region].join('-');
  const parts = ['connections', who || undefined, since?.slice(0, 10), until?.slice(0, 10)].flatMap(
    (part) => part ?? [],
  );
  const name = parts.map((part) => part.replaceAll(/[^A-Za-z0-9.-]+/g, '_').slice(0, 60)).join('-');
  return `${name}.${FORMS[format].extension}`;
}

function exportForm(question: ScreenQuestion, labels: EndpointLabels): Html {
  const { since, until } = givenWindow(question, '30d');
  const chosen = { endpoint: givenText(question, 'endpoint'), format: givenText(question, 'format') || 'csv' };
  const option = (value: string, words: string, current: string) =>
    html`<option value="${value}"${value === current ? html` selected` : ''}>${words}</option>`;
  return questionForm(
    question,
    [
      {
        name: 'who',
        label: 'Person or address',
        value: givenText(question, 'who'),
        placeholder: 'everybody',
        isFirst: true,
      },
      { name: 'since', label: 'Since', value: since.text, placeholder: 'the beginning', wrong: since.wrong },
      { name: 'until', label: 'Until', value: until.text, placeholder: 'what is proven', wrong: until.wrong },
    ],
    'Preview',
    html`<div class="field"><label for="field-endpoint">Endpoint</label><select id="field-endpoint" name="endpoint">${option('', 'every endpoint', chosen.endpoint)}${[...labels].map(([id, label]) => option(id, label, chosen.endpoint))}</select></div>
<div class="field"><label for="field-format">Format</label><select id="field-format" name="format">${EXPORT_FORMATS.map((format) => option(format, FORMS[format].name, chosen.format))}</select></div>
<label class="check"><input type="checkbox" name="evidence" value="1"${question.search.has('evidence') ? ' checked' : ''}> With its evidence</label>`,
  );
}

const SHOWN_ROWS = 8;

/** How many rows, how large, the first of them; and what makes the file. */
function preview(
  ports: ScreenPorts,
  question: ScreenQuestion,
  wanted: Wanted,
  { connections, coverage, window, cursor }: ConnectionsAnswer,
  labels: EndpointLabels,
): Html {
  const bytes = connections.reduce((sum, row) => sum + printableJson(row).length + 1, 0) * FORMS[wanted.format].size;
  const least = cursor === undefined ? '' : 'more than ';
  const rows = table<ConnectionAnswer>({
    caption: html`<strong>${least}${count(connections.length, 'connection')}</strong>, ${cursor === undefined ? 'about' : 'more than'} ${showBytes(Math.round(bytes))} as ${FORMS[wanted.format].name.replace(/,.*/, '')}${connections.length > SHOWN_ROWS ? `; the newest ${SHOWN_ROWS}:` : ''}`,
    columns: [
      { header: 'Established', isName: true, cell: (row) => showTime(question, row.establishedAt) },
      { header: 'Lasted', align: 'right', cell: ({ durationSeconds }) => showDuration(durationSeconds) },
      { header: 'Who', cell: ({ identity }) => showName(identity) },
      { header: 'Address', cell: ({ clientIp = '' }) => clientIp },
      { header: 'Endpoint', cell: ({ endpointId }) => showEndpoint(labels, endpointId) },
    ],
    rows: connections.slice(0, SHOWN_ROWS),
  });
  const { filters, since, until, format, evidence } = wanted;
  const command = {
    words: ['export', ...(evidence ? [EVIDENCE] : [])],
    options: { ...filters, since, until, format, out: nameOf(wanted) },
  };
  const make =
    ports.exports === undefined
      ? html`<section><h2>Make it with the command</h2><pre class="code" tabindex="0" id="export-command">${commandLine(ports, question, command)}</pre><p><button type="button" class="quiet" data-copy="export-command" hidden>Copy</button></p></section>`
      : html`<form method="post" action="${linkHere(question, {})}"><button type="submit">Make ${nameOf(wanted)}</button>
<p class="muted">The rows are read again, and signed with what is proven of the window. ${evidence ? 'Every snapshot of the window comes along, whoever it lists: mostly that is more than the rows.' : html`With its evidence, <code>verify</code> proves offline that the rows are right and that none is missing.`}</p></form>`;
  return html`${coverageBand(question, { coverage, window, labels })}${rows}${make}
${sameAnswer(ports, question, { json: { path: '/connections', parameters: { ...filters, since, until } }, command })}`;
}

/** The files of the last export, or why there are none. */
function madeFiles(job: FileJob, question: ScreenQuestion): Html {
  const state = job.state();
  if (state === undefined) return html``;
  const files = job.files();
  if (files.length === 0) {
    return html`<section class="state trouble" role="alert"><h2>The export could not be made</h2><pre class="code" tabindex="0">${state.ended?.said}</pre>${jobTimes(question, state)}</section>`;
  }
  const hasEvidence = files.some(({ name }) => name.endsWith('.tar'));
  const items = files.map(
    ({ name, bytes }) =>
      html`<li><a href="${linkTo(question, `${PATH}/${encodeURIComponent(name)}`)}" download>${name}</a> <span class="muted">${showBytes(bytes)}</span></li>`,
  );
  return html`<section class="holder certain" aria-label="The export is made"><h2>The export is made</h2><ul>${items}</ul>
<p class="muted">Keep them together: <code>cvpn-audit verify FILE</code> proves the file by its manifest${hasEvidence ? html`, and by its evidence, which <code>tar xf</code> unpacks beside it` : ''}.</p>
<details><summary>What it says of itself</summary><pre class="code" tabindex="0">${state.ended?.said}</pre></details>${jobTimes(question, state)}</section>`;
}

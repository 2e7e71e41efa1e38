import { html } from 'hono/html';
import { askTrail } from '../../../lambda/query/schemas/ask-trail.ts';
import type { Instant } from '../../../lambda/trail/time.ts';
import { showInZone } from '../../../lambda/trail/time-zone.ts';
import { FILE_FORMATS, type FileFormat, type ReportFile, textOf } from '../../../reports/report-file.ts';
import type { ReportFrame, ReportPorts, ReportQuestion } from '../../../reports/trail.ts';
import { count } from '../../../words/amounts.ts';
import type { EndpointLabels } from '../../../words/endpoint-labels.ts';
import { printable } from '../../../words/printable.ts';
import { askEndpoints } from '../../parts/ask-endpoints.ts';
import { coverageBand } from '../../parts/coverage-band.ts';
import { type Field, givenText, givenWindow, questionForm, showField } from '../../parts/fields.ts';
import { givenOwners, ownerChoice } from '../../parts/owner-choice.ts';
import { sameAnswer } from '../../parts/same-answer.ts';
import { emptyState, firstSteps } from '../../parts/states.ts';
import { showEndpoint, showTime, zoneName } from '../../parts/texts.ts';
import type { ScreenPorts } from '../../ports.ts';
import { addressOf, linkHere, linkTo, type Parameters, pairsOf, type ScreenQuestion } from '../../question.ts';
import type { Html, Page, Screen } from '../../screen.ts';

/** What a report's page shows of it. */
export interface ReportView<Report extends ReportFrame, Row> {
  /** The last part of its address, and its word on the command line. */
  readonly name: string;
  /** What leads to it. */
  readonly title: string;
  /** What its button does. */
  readonly button: string;
  /** What it is about, in a sentence. */
  readonly about: string;
  /** What its form keeps of the address, beside the fields. */
  readonly hidden?: (question: ScreenQuestion) => Parameters;
  /** Its own fields, beside window and person, behind a summary. */
  readonly more?: (question: ScreenQuestion) => { readonly summary: string; readonly fields: readonly Field[] };
  /** It is about everybody: there is no field for a person. */
  readonly isOfAll?: true;
  /** Its own options, as the command has them. */
  readonly options?: (question: ScreenQuestion, file: GivenFile | undefined) => Parameters;
  /** The name of the file that may be given to it, and the field's label. */
  readonly file?: { readonly name: string; readonly label: string; readonly help: string };
  /** @throws TypeError that says what was expected, if the file is none that it can read */
  readonly make: (
    ports: ReportPorts,
    asked: ReportQuestion,
    question: ScreenQuestion,
    file: GivenFile | undefined,
  ) => Promise<Report>;
  /** What is downloaded: the same as the command writes. */
  readonly download: (report: Report) => ReportFile<Row>;
  /** What the file is called before its window; its name, if that says enough. */
  readonly fileName?: (question: ScreenQuestion) => string;
  readonly show: (
    report: Report,
    shown: { readonly question: ScreenQuestion; readonly labels: EndpointLabels },
  ) => Html;
}

/** A file that the reader of the page gave: it is read for this one answer, and not kept. */
export interface GivenFile {
  readonly name: string;
  readonly text: string;
}

/** More connections than these are added up by the command: a page would be waited for too long. */
const MOST_CONNECTIONS = 50_000;
const WEEK = '7d';

/** There is more to add up than a page does. */
class TooMany extends Error {}

/** The reports, in the order of their links. */
const REPORTS = [
  ['usage', 'Usage'],
  ['concurrency', 'Concurrency'],
  ['review', 'Access review'],
  ['findings', 'Findings'],
] as const;

/** The page of a report (ADR 39). */
export function reportScreen<Report extends ReportFrame, Row>(view: ReportView<Report, Row>): Screen {
  return {
    path: `/ui/reports/${view.name}`,
    section: 'Reports',
    start: `since=${WEEK}`,
    show: (ports, question) => reportPage(view, ports, question, { format: question.search.get('format') }),
    ...(view.file === undefined
      ? {}
      : {
          submit: async (ports, question, form) => {
            const given = form.get(view.file?.name ?? '');
            const file =
              given instanceof File && given.name !== '' ? { name: given.name, text: await given.text() } : undefined;
            return reportPage(view, ports, question, { file, format: form.get('format') });
          },
        }),
  };
}

async function reportPage<Report extends ReportFrame, Row>(
  view: ReportView<Report, Row>,
  ports: ScreenPorts,
  question: ScreenQuestion,
  { file, format: asked }: { readonly file?: GivenFile | undefined; readonly format: unknown },
): Promise<Page | Response> {
  const { since, until } = givenWindow(question);
  const user = view.isOfAll ? '' : givenText(question, 'user');
  const endpoint = givenText(question, 'endpoint');
  const person = { name: 'user', label: 'Person', value: user, placeholder: 'everybody' };
  const fields: Field[] = [
    { name: 'since', label: 'Since', value: since.text, placeholder: WEEK, wrong: since.wrong, isFirst: true },
    { name: 'until', label: 'Until', value: until.text, placeholder: 'now', wrong: until.wrong },
    ...(view.isOfAll ? [] : [person]),
  ];
  const more = view.more?.(question) ?? { summary: '', fields: [] };
  const isWrong = [...fields, ...more.fields].some(({ wrong }) => wrong !== undefined);
  const hidden = pairsOf({ endpoint, ...view.hidden?.(question) });
  const kept = html`${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${moreFields(more)}`;
  const form = html`${reportsNav(question)}${questionForm(question, fields, view.button, kept)}`;
  const heading = { title: `Report: ${view.title.toLowerCase()}`, heading: view.title };
  if (isWrong) return { ...heading, body: form, status: 400 };

  const filters = { user: user || undefined, endpoint: endpoint || undefined, ...givenOwners(question) };
  const reported = { since: since.instant, until: until.instant, zone: question.zone, filters };
  const { endpoints, labels } = await askEndpoints(ports);
  if (endpoints.length === 0) return { ...heading, body: firstSteps(ports, question) };
  const command = {
    words: ['report', view.name],
    options: { ...view.options?.(question, file), since: since.text, until: until.text, ...filters },
  };
  const json = file === undefined ? { json: { address: linkHere(question, { format: 'json' }) } } : {};
  const same = sameAnswer(ports, question, { ...json, command });
  const whole = html`${form}${fileForm(view, question)}${ownerChoice(question, endpoints)}`;
  let report: Report;
  try {
    report = await view.make(reportPorts(ports), reported, question, file);
  } catch (error) {
    if (error instanceof TooMany) {
      const limit = MOST_CONNECTIONS.toLocaleString('en');
      const words = html`The window has more than ${limit} connections. A shorter window is added up here; the command adds up any:`;
      return { ...heading, body: html`${form}${emptyState('Too much for a page', words)}${same}`, status: 413 };
    }
    if (!(error instanceof TypeError) || file === undefined) throw error;
    const words = html`<bdi>${printable(file.name)}</bdi> cannot be read: ${printable(error.message)}.`;
    return { ...heading, body: html`${whole}<p class="wrong" role="alert">${words}</p>`, status: 400 };
  }
  const format = FILE_FORMATS.find((one) => one === asked);
  if (format) return fileResponse(view, question, report, format);
  const { window, coverage, connections, notes } = report;
  const days = question.zone === 'UTC' ? '' : ` Days and hours are those of ${zoneName(question)}.`;
  const from = html`${showTime(question, window.since)} to ${showTime(question, window.until)}, from ${count(connections, 'connection')}`;
  return {
    ...heading,
    asked: html`${view.about} ${from}.${days}${onlyAt(question, endpoint, labels)}`,
    body: html`${whole}${coverageBand(question, { coverage, window, labels })}
${file === undefined ? '' : html`<p>Compared with <strong><bdi>${printable(file.name)}</bdi></strong>, which was read for this answer and is not kept. <a href="${linkHere(question, {})}">Without it</a></p>`}
${view.show(report, { question, labels })}
${file === undefined ? downloads(question) : ''}
${notes.length === 0 ? '' : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${same}`,
  };
}

/** The report as files: the same bytes as the command's. */
function downloads(question: ScreenQuestion): Html {
  const links = FILE_FORMATS.map(
    (format) => html`<li><a href="${linkHere(question, { format })}" download>${format.toUpperCase()}</a></li>`,
  );
  return html`<nav class="steps downloads" aria-label="Download this report"><span>Download</span><ul>${links}</ul></nav>`;
}

function fileResponse<Report extends ReportFrame, Row>(
  view: ReportView<Report, Row>,
  question: ScreenQuestion,
  report: Report,
  format: FileFormat,
): Response {
  const { window, zone } = report;
  const times = [timeInName(window.since, zone, '00:00:00'), timeInName(window.until, zone, '23:59:59')];
  const name = [view.fileName?.(question) ?? view.name, ...times].join('_');
  const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json';
  return new Response(textOf(view.download(report), format), {
    headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}.${format}"` },
  });
}

/** A day alone where the window ends with it; else with the time, without colons, which no Windows allows. */
function timeInName(instant: Instant, zone: string, edge: string): string {
  const shown = showInZone(instant, zone);
  return shown.slice(11, 19) === edge ? shown.slice(0, 10) : shown.replaceAll(':', '');
}

/** Fields behind a summary: open where one of them is filled in. */
function moreFields({
  summary,
  fields,
}: {
  readonly summary: string;
  readonly fields: readonly Field[];
}): Html | string {
  if (fields.length === 0) return '';
  const open = fields.some(({ value }) => value !== '') ? html` open` : '';
  return html`<details class="more-fields"${open}><summary>${summary}</summary><div class="many">${fields.map(showField)}</div></details>`;
}

/** A file is no part of an address: it is posted, and the answer to it has no link. */
function fileForm({ file }: Pick<ReportView<ReportFrame, never>, 'file'>, question: ScreenQuestion): Html | string {
  if (file === undefined) return '';
  return html`<form class="question" method="post" enctype="multipart/form-data" action="${linkHere(question, {})}">
<div class="field"><label for="file">${file.label}</label><input id="file" type="file" name="${file.name}" accept=".csv,text/csv" required aria-describedby="file-help"></div>
<button type="submit">Compare</button>
${FILE_FORMATS.map((format) => html`<button type="submit" class="quiet" name="format" value="${format}">Compare as ${format.toUpperCase()}</button>`)}
<p class="muted" id="file-help">${file.help}</p>
</form>`;
}

/** One endpoint alone, and the way to all. */
function onlyAt(question: ScreenQuestion, endpoint: string, labels: EndpointLabels): Html | string {
  if (endpoint === '') return '';
  return html` At ${showEndpoint(labels, endpoint)} alone. <a href="${linkHere(question, { endpoint: undefined })}">All endpoints</a>`;
}

function reportsNav(question: ScreenQuestion): Html {
  const [since, until, user] = ['since', 'until', 'user'].map((name) => givenText(question, name));
  const items = REPORTS.map(([name, words]) => {
    const path = `/ui/reports/${name}`;
    const current = path === question.path ? html` aria-current="page"` : '';
    return html`<li><a href="${linkTo(question, path, { since, until, user, ...givenOwners(question) })}"${current}>${words}</a></li>`;
  });
  return html`<nav class="steps" aria-label="Reports"><ul>${items}</ul></nav>`;
}

/** Reports ask the API as the reader of the page, and not without end. */
function reportPorts({ ask }: ScreenPorts): ReportPorts {
  let connections = 0;
  return {
    ask: (path, question, schema) => {
      const isPage = path.length === 1 && path[0] === 'connections';
      if (isPage) connections += Number(question.limit);
      if (connections > MOST_CONNECTIONS) throw new TooMany();
      return askTrail(ask, addressOf(`/${path.map(encodeURIComponent).join('/')}`, question), schema);
    },
    count: () => undefined,
  };
}

import { html } from 'hono/html';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import {
  type ConnectionAnswer,
  type HistoryAnswer,
  historyAnswer,
  type UsageAnswer,
  type UsageSample,
  usageAnswer,
} from '../../lambda/query/schemas/connection.ts';
import { addSeconds, DAY_SECONDS, type Instant, later } from '../../lambda/trail/time.ts';
import { showBytes } from '../../words/amounts.ts';
import { printableJson } from '../../words/printable.ts';
import { usageChart } from '../charts/usage.ts';
import { givenWindow } from '../parts/fields.ts';
import { table } from '../parts/table.ts';
import { showName, showTime } from '../parts/texts.ts';
import type { ScreenPorts } from '../ports.ts';
import { addressOf, linkHere, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';

/** Usage and history read a chunk for each snapshot: a day's are shown, and more when they are asked for. */
const MOST_PAGES = 5;
const SIGHTINGS_A_PAGE = '50';

/** The counters of a connection over time, and from when on. */
interface Usage {
  readonly samples: readonly UsageSample[];
  readonly totals: UsageAnswer['totals'];
  readonly expired: number;
  /** The window that the address asks for; samples before and after are not shown. */
  readonly asked: ReturnType<typeof givenWindow>;
  /** Without one samples before are not shown. */
  readonly since?: Instant;
  /** Samples after are not shown: there are too many. */
  readonly until?: Instant | undefined;
}

const pathOf = ({ connectionId }: ConnectionAnswer, end: string) =>
  `/connections/${encodeURIComponent(connectionId)}/${end}`;

/** The usage of its last day, of the address's window, or with `usage=all` in the address of all its life. */
export async function askUsage(
  { ask }: ScreenPorts,
  question: ScreenQuestion,
  connection: ConnectionAnswer,
): Promise<Usage> {
  const { search, now } = question;
  const { establishedAt, lastSeenAt = now } = connection;
  const asked = givenWindow(question);
  const isAsked = asked.since.text !== '' || asked.until.text !== '';
  const start = later(establishedAt, addSeconds(lastSeenAt, -DAY_SECONDS));
  const since = isAsked || search.get('usage') === 'all' || start === establishedAt ? undefined : start;
  const samples: UsageSample[] = [];
  let [cursor, expired, totals]: [string | undefined, number, UsageAnswer['totals']] = [undefined, 0, {}];
  for (let page = 0; page < MOST_PAGES; page++) {
    const parameters = { since: asked.since.instant ?? since, until: asked.until.instant, limit: '288', cursor };
    const answer: UsageAnswer = await askTrail(ask, addressOf(pathOf(connection, 'usage'), parameters), usageAnswer);
    samples.push(...answer.samples);
    totals = { ...totals, ...answer.totals };
    expired += answer.expired ?? 0;
    cursor = answer.cursor;
    if (cursor === undefined) break;
  }
  const until = cursor === undefined ? undefined : samples.at(-1)?.at;
  return { samples, totals, expired, asked, until, ...(since === undefined ? {} : { since }) };
}

/** Its usage drawn, with the same in numbers. */
export function usageSection(question: ScreenQuestion, { samples, totals, expired, asked, since, until }: Usage): Html {
  const all = html`<a href="${linkHere(question, { usage: 'all', since: undefined, until: undefined })}">All of it</a>`;
  const [first, last] = [asked.since.instant, asked.until.instant];
  const notes = [
    ...[asked.since, asked.until].flatMap(({ text, wrong }) =>
      wrong === undefined ? [] : [html`<span class="wrong">${text}: expected ${wrong}.</span>`],
    ),
    ...(first === undefined && last === undefined
      ? []
      : [
          html`The snapshots${first === undefined ? '' : html` from ${showTime(question, first)}`}${last === undefined ? '' : html` to ${showTime(question, last)}`}; the numbers are those of the last of them. ${all}`,
        ]),
    ...(since === undefined ? [] : [html`The last day of it, from ${showTime(question, since)} on. ${all}`]),
    ...(until === undefined
      ? []
      : [html`Up to ${showTime(question, until)}; there is more, which <code>cvpn-audit usage</code> has.`]),
    ...(expired === 0 ? [] : [html`${expired} more samples have expired.`]),
    ...(samples.length === 1 ? ['There is one sample: how it went on is not known.'] : []),
  ];
  const sum = (bytes: number | bigint | undefined) => (bytes === undefined ? 'not known' : showBytes(bytes));
  return html`<section><h2>Usage</h2>
<p>Sent (upload) <strong>${sum(totals.ingressBytes)}</strong>, received (download) <strong>${sum(totals.egressBytes)}</strong>.${samples.length === 0 ? ' There is no sample of it.' : ''}</p>
${notes.map((note) => html`<p class="muted">${note}</p>`)}
<div class="charts">${usageChart('usage', samples, question.zone, (window) => linkHere(question, { ...window, usage: undefined }))}</div></section>`;
}

/** A page of its sightings, if the address asks for them: `sightings=first`, or where the page before ended. */
export async function askSightings(
  { ask }: ScreenPorts,
  { search }: ScreenQuestion,
  connection: ConnectionAnswer,
): Promise<HistoryAnswer | undefined> {
  const place = search.get('sightings');
  if (place === null) return undefined;
  const parameters = { limit: SIGHTINGS_A_PAGE, cursor: place === 'first' ? undefined : place };
  return askTrail(ask, addressOf(pathOf(connection, 'history'), parameters), historyAnswer);
}

type Sighting = HistoryAnswer['sightings'][number];

/** Each row of it, as AWS gave it. */
export function sightingsSection(question: ScreenQuestion, { sightings, cursor, expired }: HistoryAnswer): Html {
  const text = (row: Sighting['row'], name: string) => {
    const value = row[name];
    return typeof value === 'string' ? showName(value) : '';
  };
  const statusOf = ({ row: { status } }: Sighting) => {
    const { code } = Object(status) as { code?: unknown };
    return typeof code === 'string' ? showName(code) : '';
  };
  const rows = table<Sighting>({
    caption: 'Its row in each snapshot, as AWS gave it, oldest first.',
    hasKeys: false,
    rows: sightings,
    columns: [
      { header: 'Snapshot', isName: true, cell: ({ slot }) => showTime(question, slot) },
      { header: 'Entry', align: 'right', cell: ({ entry }) => entry.toLocaleString('en') },
      { header: 'Status', cell: statusOf },
      { header: 'IngressBytes', align: 'right', cell: ({ row }) => text(row, 'ingressBytes') },
      { header: 'EgressBytes', align: 'right', cell: ({ row }) => text(row, 'egressBytes') },
      { header: 'ConnectionEndTime', cell: ({ row }) => text(row, 'connectionEndTime') },
      {
        header: 'Row',
        cell: ({ row }) =>
          html`<details><summary>as given</summary><pre class="code">${printableJson(row, 1)}</pre></details>`,
      },
    ],
  });
  const next =
    cursor === undefined
      ? html`<span class="muted">These are the last.</span>`
      : html`<a class="button" rel="next" href="${linkHere(question, { sightings: cursor })}">Later ones</a>`;
  const gone = expired ? html`<p class="muted">${expired} more have expired.</p>` : '';
  return html`<section id="sightings"><h2>Sightings</h2>${rows}${gone}<nav class="pager" aria-label="Pages of sightings">${next}</nav></section>`;
}

/** The way to the sightings, which cost a read of each snapshot. */
export function sightingsLink(question: ScreenQuestion): Html {
  return html`<section><h2>Sightings</h2><p><a href="${linkHere(question, { sightings: 'first' })}#sightings">Its row in each snapshot, as AWS gave it</a></p></section>`;
}

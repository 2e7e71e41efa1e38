import { html } from 'hono/html';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { showBytes, showDuration } from '../../words/amounts.ts';
import { type EndpointLabels, type SeveralOwners, shortId } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import type { ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import type { SortableColumn } from './sorting.ts';
import { connectionPath, link, showEndpoint, showName, showTime } from './texts.ts';

/** The columns that there are for connections, by the name that the address has; those of {@link usualColumns} are shown unless others are chosen. */
export function connectionColumns(
  question: ScreenQuestion,
  labels: EndpointLabels,
  several?: SeveralOwners,
): readonly SortableColumn<ConnectionAnswer>[] {
  // Thousands of rows are of few people and endpoints.
  const name = remembering(showName);
  const endpoint = remembering((endpointId) => showEndpoint(labels, endpointId));
  const time = (instant: string | undefined) => (instant === undefined ? '' : showTime(question, instant));
  return [
    {
      name: 'who',
      header: 'Who',
      isName: true,
      cell: (row) => html`${link(question, connectionPath(row.connectionId), name(row.identity))}${showPossible(row)}`,
      sortBy: ({ identity }) => identity,
    },
    {
      name: 'start',
      header: 'Established',
      cell: (row) =>
        html`${time(row.establishedAt)}${row.establishedAtIsFirstSight ? html` <span class="muted">at the latest</span>` : ''}`,
      sortBy: ({ establishedAt }) => establishedAt,
      first: 'descending',
    },
    { name: 'end', header: 'Ended', cell: (row) => showEnd(question, row), sortBy: endOf, first: 'descending' },
    {
      name: 'lasted',
      header: 'Lasted',
      align: 'right',
      cell: ({ durationSeconds }) => showDuration(durationSeconds),
      sortBy: ({ durationSeconds }) => durationSeconds,
    },
    {
      name: 'address',
      header: 'Address',
      cell: showAddresses,
      sortBy: ({ clientIp, clientIpv6 }) => clientIp ?? clientIpv6,
    },
    {
      name: 'endpoint',
      header: 'Endpoint',
      cell: ({ endpointId }) => endpoint(endpointId),
      sortBy: ({ endpointId }) => labels.get(endpointId) ?? endpointId,
    },
    ...(several?.accountId ? [owned('account', 'Account', ({ accountId }) => accountId)] : []),
    ...(several?.region ? [owned('region', 'Region', ({ region }) => region)] : []),
    {
      name: 'sent',
      header: 'Sent',
      align: 'right',
      cell: ({ ingressBytes }) => showBytes(ingressBytes),
      sortBy: ({ ingressBytes }) => ingressBytes,
    },
    {
      name: 'received',
      header: 'Received',
      align: 'right',
      cell: ({ egressBytes }) => showBytes(egressBytes),
      sortBy: ({ egressBytes }) => egressBytes,
    },
    { name: 'status', header: 'Status', cell: ({ status = '' }) => showName(status), sortBy: ({ status }) => status },
    {
      name: 'username',
      header: 'Username',
      cell: ({ username = '' }) => showName(username),
      sortBy: ({ username }) => username,
    },
    {
      name: 'common-name',
      header: 'Common name',
      cell: ({ commonName = '' }) => showName(commonName),
      sortBy: ({ commonName }) => commonName,
    },
    {
      name: 'connection',
      header: 'Connection',
      cell: ({ connectionId }) => html`<span class="code">${showName(shortId(connectionId))}</span>`,
    },
    {
      name: 'first-seen',
      header: 'First seen',
      cell: ({ firstSeenAt }) => time(firstSeenAt),
      sortBy: ({ firstSeenAt }) => firstSeenAt,
    },
    {
      name: 'last-seen',
      header: 'Last seen',
      cell: ({ lastSeenAt }) => time(lastSeenAt),
      sortBy: ({ lastSeenAt }) => lastSeenAt,
    },
  ];
}

/** Whose endpoint, or where; only in a trail that has several. */
function owned(name: string, header: string, of: (row: ConnectionAnswer) => string): SortableColumn<ConnectionAnswer> {
  return { name, header, cell: (row) => html`<span class="owner">${printable(of(row))}</span>`, sortBy: of };
}

/** What is shown of a text, made once for each. */
function remembering(show: (text: string) => Html): (text: string) => Html {
  const shown = new Map<string, Html>();
  return (text) => {
    const known = shown.get(text) ?? show(text);
    shown.set(text, known);
    return known;
  };
}

const [BEFORE, AFTER] = [
  ['who', 'start', 'end', 'lasted', 'address', 'endpoint'],
  ['sent', 'received'],
];

/** The columns that are shown unless others are chosen. */
export function usualColumns({ accountId, region }: SeveralOwners): readonly string[] {
  return [...BEFORE, ...(accountId ? ['account'] : []), ...(region ? ['region'] : []), ...AFTER];
}

/** Both addresses in the tunnel, where there are two. */
export function showAddresses({ clientIp, clientIpv6 }: ConnectionAnswer): Html | string {
  const both = [clientIp, clientIpv6].filter((address) => address !== undefined);
  if (both.length === 0) return '';
  return html`${both.map((address, index) => html`${index === 0 ? '' : html`<br>`}${showName(address)}`)}`;
}

/** When it ended, as far as that is known: with a mark and a word. */
export function showEnd(question: ScreenQuestion, connection: ConnectionAnswer): Html {
  const { end, endedAt, unlistedSince, status } = connection;
  if (end?.kind === 'inferred') {
    const bounds = end.between
      ? html`between<br>${showTime(question, end.between[0])} and<br>${showTime(question, end.between[1])}`
      : showTime(question, endedAt ?? '');
    return html`<span class="mark unsure">inferred, ${bounds}</span>`;
  }
  if (endedAt !== undefined) return html`${showTime(question, endedAt)}`;
  if (unlistedSince !== undefined) {
    return html`<span class="mark unsure">not listed since<br>${showTime(question, unlistedSince)}</span>`;
  }
  return html`<span class="mark live">${status === 'active' || status === undefined ? 'connected' : showName(status)}</span>`;
}

/** Where a row only may be one: what its end is known within reaches over the window's edge. */
export function showPossible({ possible }: ConnectionAnswer): Html | string {
  if (!possible) return '';
  return html` <span class="mark unsure" title="Its end is known only within bounds: it may have been connected then">possibly</span>`;
}

/** What is still connected comes last, as the latest end. */
function endOf({ endedAt, end }: ConnectionAnswer): string {
  return endedAt ?? end?.between?.[1] ?? '~';
}

import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import { showBytes, showDuration } from '../../words/amounts.ts';
import { type EndpointLabels, type SeveralOwners, shortId } from '../../words/endpoint-labels.ts';
import { timeColumn } from '../asking/show-time.ts';
import type { Column } from '../output/table.ts';

const BYTES_WIDTH = 10;
/** Hexadecimal digits of an id. */
const ID_WIDTH = 17;
/** Fifteen columns hold an IPv4 address; an IPv6 address is broken where there is no more room. */
const ADDRESS_WIDTH = 15;
const NAME_WIDTH = 12;
/** Digits of an account, and characters of most Regions; longer ones break after a dash. */
const [ACCOUNT_WIDTH, REGION_WIDTH] = [12, 12];
/** Beside times with an offset there is no room for more on 80 columns. */
const STATUS_WIDTH = 8;

/**
 * The columns of a table of connections; its times are in the zone. What all rows would have the same, the beginning of the ids, is left
 * out. On a narrow terminal a row takes two lines: beneath the start the end, beneath the person the endpoint.
 */
export function connectionColumns(
  zone: string,
  labels: EndpointLabels,
  several?: SeveralOwners,
): Column<ConnectionAnswer>[] {
  return [
    {
      ...timeColumn<ConnectionAnswer>('ESTABLISHED', 1, zone, ({ establishedAt }, show) => show(establishedAt)),
      pile: 'when',
      // The end beneath it names the zone too.
      ...(zone === DEFAULT_ZONE ? {} : { brief: 'ESTABLISHED' }),
    },
    { ...timeColumn<ConnectionAnswer>('ENDED', 1, zone, showEnd), pile: 'when' },
    {
      header: 'LASTED',
      rank: 3,
      least: 'lasted'.length + 1,
      align: 'right',
      cell: ({ durationSeconds }) => showDuration(durationSeconds),
      pile: 'how long',
    },
    { header: 'WHO', rank: 1, least: NAME_WIDTH, cell: ({ identity }) => identity, pile: 'who' },
    {
      header: 'CLIENT IP',
      rank: 1,
      least: ADDRESS_WIDTH,
      cell: ({ clientIp, clientIpv6 }) => [clientIp, clientIpv6].filter(Boolean).join(' '),
      pile: 'where',
    },
    {
      header: 'ENDPOINT',
      rank: 1,
      least: NAME_WIDTH,
      cell: ({ endpointId }) => labels.get(endpointId) ?? shortId(endpointId),
      pile: 'who',
    },
    ...ownerColumns<ConnectionAnswer>(several, 2),
    { ...bytesColumn<ConnectionAnswer>('SENT (upload)', ({ ingressBytes }) => ingressBytes), ...SENT },
    { ...bytesColumn<ConnectionAnswer>('RECEIVED (download)', ({ egressBytes }) => egressBytes), ...RECEIVED },
    {
      header: 'CONNECTION',
      rank: 4,
      least: ID_WIDTH,
      cell: ({ connectionId }) => shortId(connectionId),
      pile: 'where',
    },
    { header: 'STATUS', rank: 5, least: STATUS_WIDTH, cell: statusWord, tooWide: 'cut', pile: 'how long' },
  ];
}

interface Owned {
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** Whose endpoint, and where, in a trail that has several; where there is no room beside it, the account is beneath the end and the Region beneath the endpoint. */
export function ownerColumns<Row extends Owned>(several: SeveralOwners | undefined, rank: number): Column<Row>[] {
  const account: Column<Row> = {
    header: 'ACCOUNT',
    rank,
    least: ACCOUNT_WIDTH,
    cell: ({ accountId = '' }) => accountId,
    pile: 'when',
  };
  const region: Column<Row> = {
    header: 'REGION',
    rank,
    least: REGION_WIDTH,
    cell: ({ region: name = '' }) => name,
    pile: 'who',
  };
  return [...(several?.accountId ? [account] : []), ...(several?.region ? [region] : [])];
}

const SENT = { rank: 2, pile: 'bytes', brief: '↑ SENT' } as const;
const RECEIVED = { rank: 2, pile: 'bytes', brief: '↓ RECEIVED' } as const;

/**
 * A column of bytes in one direction. AWS's words are its own: ingress is sent by the client, egress is received by it
 * (EC2 API reference, ClientVpnConnection).
 */
export function bytesColumn<Row>(header: string, bytes: (row: Row) => number | bigint | undefined): Column<Row> {
  return { header, rank: 5, least: BYTES_WIDTH, align: 'right', cell: (row) => showBytes(bytes(row)) };
}

/** When it ended, as far as that is known. */
function showEnd(connection: ConnectionAnswer, show: (instant: string | undefined) => string): string {
  const { end, endedAt, unlistedSince, status, possible } = connection;
  if (end?.kind === 'inferred') {
    const bounds = end.between ? `between ${end.between.map(show).join(' and ')}` : show(endedAt);
    return [`inferred, ${bounds}`, ...(possible ? ['(possible)'] : [])].join(' ');
  }
  if (endedAt !== undefined) return show(endedAt);
  return unlistedSince === undefined ? `(${status ?? 'no status'})` : `(unlisted since ${show(unlistedSince)})`;
}

/** A connection with an inferred end has ended, although AWS's last status was another. */
function statusWord({ status = '', end }: ConnectionAnswer): string {
  return end?.kind === 'inferred' ? `${status}, then unlisted` : status;
}

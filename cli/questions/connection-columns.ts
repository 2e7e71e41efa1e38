import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { showBytes, showDuration } from '../../words/amounts.ts';
import { timeColumn } from '../asking/show-time.ts';
import type { Column } from '../output/table.ts';

const BYTES_WIDTH = 10;
const ID_WIDTH = 33;
/** Fifteen columns hold an IPv4 address; an IPv6 address is broken where there is no more room. */
const ADDRESS_WIDTH = 15;
const NAME_WIDTH = 12;

/** The columns of a table of connections; its times are in the zone. */
export function connectionColumns(zone: string): Column<ConnectionAnswer>[] {
  return [
    timeColumn('ESTABLISHED', 1, zone, ({ establishedAt }, show) => show(establishedAt)),
    timeColumn('ENDED', 3, zone, showEnd),
    { header: 'WHO', rank: 1, least: NAME_WIDTH, cell: ({ identity }) => identity },
    {
      header: 'CLIENT IP',
      rank: 2,
      least: ADDRESS_WIDTH,
      cell: ({ clientIp, clientIpv6 }) => [clientIp, clientIpv6].filter(Boolean).join(' '),
    },
    { header: 'CONNECTION', rank: 4, least: ID_WIDTH, cell: ({ connectionId }) => connectionId },
    bytesColumn('SENT (upload)', ({ ingressBytes }) => ingressBytes),
    bytesColumn('RECEIVED (download)', ({ egressBytes }) => egressBytes),
    { header: 'ENDPOINT', rank: 6, least: ID_WIDTH - 2, cell: ({ endpointId }) => endpointId },
    { header: 'STATUS', rank: 7, least: BYTES_WIDTH, cell: statusWord, tooWide: 'cut' },
    {
      header: 'LASTED',
      rank: 8,
      least: 'lasted'.length + 1,
      align: 'right',
      cell: ({ durationSeconds }) => showDuration(durationSeconds),
    },
  ];
}

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

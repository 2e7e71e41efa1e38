import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import { timeColumn, timeField } from '../asking/show-time.ts';
import type { ListShape } from '../output/row-writer.ts';
import { bytesColumn } from './connection-columns.ts';

/** How samples are written: what passed since the sample before, and the counters as they stood. */
export function usageShape(zone: string): ListShape<UsageSample> {
  return {
    name: 'samples',
    columns: [
      timeColumn('AT', 1, zone, ({ at }, show) => show(at)),
      { ...bytesColumn('SENT (upload)', ({ since }) => since?.ingressBytes), rank: 1 },
      { ...bytesColumn('RECEIVED (download)', ({ since }) => since?.egressBytes), rank: 1 },
      bytesColumn('SENT, TOTAL', ({ ingressBytes }) => ingressBytes),
      bytesColumn('RECEIVED, TOTAL', ({ egressBytes }) => egressBytes),
      { header: 'NOTE', rank: 2, least: 12, cell: ({ since }) => notesOn(since) },
      { header: 'STATUS', rank: 6, least: 10, cell: ({ status }) => status ?? '' },
    ],
    fields: [
      timeField('at', zone, (row) => row.at),
      timeField('slot', zone, (row) => row.slot),
      { name: 'status', value: (row) => row.status },
      { name: 'seconds_since_last', value: (row) => row.since?.seconds },
      { name: 'ingress_bytes_sent_since_last', value: (row) => row.since?.ingressBytes },
      { name: 'egress_bytes_received_since_last', value: (row) => row.since?.egressBytes },
      { name: 'across_gap', value: (row) => row.since?.acrossGap },
      { name: 'reset', value: (row) => row.since?.reset },
      { name: 'ingress_bytes_sent', value: (row) => row.ingressBytes },
      { name: 'egress_bytes_received', value: (row) => row.egressBytes },
      { name: 'ingress_packets_sent', value: (row) => row.ingressPackets },
      { name: 'egress_packets_received', value: (row) => row.egressPackets },
    ],
  };
}

function notesOn(since: UsageSample['since']): string {
  return [...(since?.acrossGap ? ['across a gap'] : []), ...(since?.reset ? ['a counter went back'] : [])].join(', ');
}

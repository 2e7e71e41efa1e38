import { type Field, timeField } from '../../words/list-text.ts';
import { frameOf, type ReportFile } from '../report-file.ts';
import type { UsageReport, UsageRow } from './usage-report.ts';

/** The report as a file. */
export function usageFile(report: UsageReport): ReportFile<UsageRow> {
  const { by, zone, rows, total, estimates } = report;
  return {
    name: 'usage',
    rows,
    beside: { by, total, estimates, ...frameOf(report) },
    fields: [
      ...keyFields(report),
      { name: 'connections', value: (row) => row.connections },
      { name: 'possible', value: (row) => row.possible },
      { name: 'people', value: (row) => row.people },
      { name: 'seconds', value: (row) => row.seconds },
      { name: 'seconds_at_most', value: (row) => row.secondsAtMost },
      { name: 'ingress_bytes_sent', value: (row) => row.ingressBytes },
      { name: 'egress_bytes_received', value: (row) => row.egressBytes },
      { name: 'estimated_connections', value: (row) => row.estimated },
      { name: 'connections_without_bytes', value: (row) => row.withoutBytes },
      timeField('first_seen_at', zone, (row) => row.firstSeenAt),
      timeField('last_seen_at', zone, (row) => row.lastSeenAt),
      { name: 'incomplete', value: (row) => row.incomplete },
    ],
  };
}

function keyFields({ by, zone }: UsageReport): Field<UsageRow>[] {
  if (by === 'user') return [{ name: 'user', value: (row) => row.user }];
  if (by === 'endpoint') {
    return [
      { name: 'endpoint_id', value: (row) => row.endpointId },
      { name: 'endpoint_name', value: (row) => row.endpointName },
    ];
  }
  if (by === 'account') return [{ name: 'account_id', value: (row) => row.accountId }];
  if (by === 'region') return [{ name: 'region', value: (row) => row.region }];
  return [timeField('start', zone, (row) => row.start), timeField('end', zone, (row) => row.end)];
}

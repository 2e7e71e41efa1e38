import { timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';
import { frameOf, type ReportFile } from '../report-file.ts';
import type { ReviewReport, ReviewRow } from './review-report.ts';

/** The report as a file. */
export function reviewFile(report: ReviewReport): ReportFile<ReviewRow> {
  const { rows, zone, verdicts, listed } = report;
  return {
    name: 'identities',
    rows,
    beside: { ...(listed === undefined ? {} : { verdicts, listed }), ...frameOf(report) },
    fields: [
      { name: 'user', value: (row) => row.user },
      { name: 'verdict', value: (row) => row.verdict },
      { name: 'connections', value: (row) => row.connections },
      { name: 'possible', value: (row) => row.possible },
      { name: 'seconds', value: (row) => row.seconds },
      timeField('first_seen_at', zone, (row) => row.firstSeenAt),
      timeField('last_seen_at', zone, (row) => row.lastSeenAt),
      { name: 'endpoint_ids', value: (row) => printableJson(row.endpointIds) },
      { name: 'addresses', value: (row) => printableJson(row.addresses) },
      { name: 'more_addresses', value: (row) => row.moreAddresses },
      { name: 'common_names', value: (row) => row.commonNames && printableJson(row.commonNames) },
    ],
  };
}

import { timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';
import { frameOf, type ReportFile } from '../report-file.ts';
import type { FindingsReport } from './findings.ts';
import type { Finding } from './rule.ts';

/** The report as a file. */
export function findingsFile(report: FindingsReport): ReportFile<Finding> {
  const { rows, rules, thresholds, past, zone } = report;
  return {
    name: 'findings',
    rows,
    beside: { rules, thresholds, past, ...frameOf(report) },
    fields: [
      { name: 'rule', value: (row) => row.rule },
      { name: 'user', value: (row) => row.user },
      timeField('since', zone, (row) => row.since),
      timeField('until', zone, (row) => row.until),
      { name: 'says', value: (row) => row.says },
      { name: 'possible', value: (row) => row.possible },
      { name: 'past_incomplete', value: (row) => row.pastIncomplete },
      { name: 'connection_ids', value: (row) => printableJson(row.connectionIds) },
      { name: 'more_connections', value: (row) => row.moreConnections },
    ],
  };
}

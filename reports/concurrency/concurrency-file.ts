import { timeField } from '../../words/list-text.ts';
import { frameOf, type ReportFile } from '../report-file.ts';
import type { ConcurrencyReport, ConcurrencyRow, Step } from './concurrency.ts';

/** The maxima as a file. */
export function peaksFile(report: ConcurrencyReport): ReportFile<ConcurrencyRow> {
  const { rows, zone } = report;
  // The rows are the endpoints.
  const { endpoints: _, ...beside } = frameOf(report);
  return {
    name: 'endpoints',
    rows,
    beside,
    fields: [
      { name: 'endpoint_id', value: (row) => row.endpointId },
      { name: 'endpoint_name', value: (row) => row.endpointName },
      { name: 'at_least', value: (row) => row.atLeast.connections },
      timeField('at_least_since', zone, (row) => row.atLeast.since),
      timeField('at_least_until', zone, (row) => row.atLeast.until),
      { name: 'at_most', value: (row) => row.atMost.connections },
      timeField('at_most_since', zone, (row) => row.atMost.since),
      timeField('at_most_until', zone, (row) => row.atMost.until),
      { name: 'associations', value: (row) => row.associations },
      { name: 'limit', value: (row) => row.limit },
      { name: 'incomplete', value: (row) => row.incomplete },
    ],
  };
}

/** Every change as a file. */
export function stepsFile(report: ConcurrencyReport): ReportFile<Step> {
  const { steps, rows, zone } = report;
  return {
    name: 'steps',
    rows: steps,
    beside: { ...frameOf(report), endpoints: rows },
    fields: [
      timeField('from', zone, (row) => row.at),
      { name: 'endpoint_id', value: (row) => row.endpointId },
      { name: 'at_least', value: (row) => row.atLeast },
      { name: 'at_most', value: (row) => row.atMost },
    ],
  };
}

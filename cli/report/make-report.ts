import type { Command } from 'commander';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import type { ReportFrame, ReportPorts, ReportQuestion } from '../../reports/trail.ts';
import { type EndpointLabels, endpointLabels } from '../../words/endpoint-labels.ts';
import { type Inquiry, readWindow, withApi } from '../asking/inquiry.ts';
import { withQuestionOptions, withWindowOptions } from '../asking/question-options.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { EXIT } from '../exit-codes.ts';
import { type GivenFilters, type GivenTimes, readFilters } from '../questions/connections.ts';

/** The options of a report. */
export type ReportOptions = Pick<GivenTimes, 'since' | 'until'> & GivenFilters;

/** Adds the options of every report. */
export function withReportOptions(command: Command): Command {
  return withQuestionOptions(withWindowOptions(command));
}

/** What the options of every report ask; reports wrong values. */
export function readReportQuestion(inquiry: Inquiry, options: ReportOptions): ReportQuestion {
  return { ...readWindow(inquiry, options), zone: inquiry.zone, filters: readFilters(inquiry, options) };
}

/**
 * Makes a report, writes its rows, and says what it may be relied on for.
 *
 * @param write writes the rows, with what JSON has beside them; returns what is to be said to people before the notes
 */
export async function makeReport<Report extends ReportFrame>(
  inquiry: Inquiry,
  make: (ports: ReportPorts) => Promise<Report>,
  write: (report: Report, beside: ReportFrame) => Promise<readonly string[]>,
): Promise<void> {
  const { terminal, exit } = inquiry.surroundings;
  const report = await withApi(inquiry, ({ ask }) => make({ ask, count: terminal.count }));
  const { window, zone, coverage, connections, notes } = report;
  const summary = await write(report, { window, zone, connections, notes, coverage });
  if (!coverage.complete) exit(EXIT.notComplete);
  const inZone = zone === DEFAULT_ZONE ? [] : [`Days and hours are those of ${zone}.`];
  sayCoverage(inquiry, coverage, window, [...summary, ...inZone, ...notes]);
}

/** What the endpoints of the rows are called. */
export function labelsOf(
  rows: readonly { readonly endpointId?: string | undefined; readonly endpointName?: string | undefined }[],
): EndpointLabels {
  return endpointLabels(
    rows.flatMap(({ endpointId, endpointName: name }) => (endpointId === undefined ? [] : [{ endpointId, name }])),
  );
}

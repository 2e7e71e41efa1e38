import type { Command } from 'commander';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import type { ReportFile } from '../../reports/report-file.ts';
import type { ReportFrame, ReportPorts, ReportQuestion } from '../../reports/trail.ts';
import { type EndpointLabels, ownedLabels } from '../../words/endpoint-labels.ts';
import { type Inquiry, readWindow, withApi } from '../asking/inquiry.ts';
import { withQuestionOptions, withWindowOptions } from '../asking/question-options.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { EXIT } from '../exit-codes.ts';
import { writeRows } from '../output/row-writer.ts';
import type { Column } from '../output/table.ts';
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

/** How a report is shown on a terminal, and what files it makes. */
export interface ReportShown<Report, Row> {
  readonly file: (report: Report) => ReportFile<Row>;
  readonly columns: (labels: EndpointLabels, report: Report) => readonly Column<Row>[];
  /** What is said to people before the notes. */
  readonly summary?: (report: Report) => readonly string[];
}

/** Makes a report, writes its rows, and says what it may be relied on for. */
export async function makeReport<Report extends ReportFrame, Row>(
  inquiry: Inquiry,
  make: (ports: ReportPorts) => Promise<Report>,
  { file, columns, summary = () => [] }: ReportShown<Report, Row>,
): Promise<void> {
  const { terminal, exit } = inquiry.surroundings;
  const report = await withApi(inquiry, (api) => make({ ask: (...asked) => api.ask(...asked), count: terminal.count }));
  const { window, zone, coverage, notes, endpoints } = report;
  const labels = ownedLabels(endpoints);
  const { rows, beside, ...fields } = file(report);
  await writeRows({ ...fields, columns: columns(labels, report) }, rows, inquiry, beside);
  if (!coverage.complete) exit(EXIT.notComplete);
  const inZone = zone === DEFAULT_ZONE ? [] : [`Days and hours are those of ${zone}.`];
  sayCoverage(inquiry, coverage, window, [...summary(report), ...inZone, ...notes], labels);
}

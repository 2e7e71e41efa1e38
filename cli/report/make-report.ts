import type { Command } from 'commander';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import type { ReportFrame, ReportPorts, ReportQuestion } from '../../reports/trail.ts';
import { type Inquiry, readWindow, withApi } from '../asking/inquiry.ts';
import { withQuestionOptions, withWindowOptions } from '../asking/question-options.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { EXIT } from '../exit-codes.ts';
import { type ListShape, writeRows } from '../output/row-writer.ts';
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

/** Makes a report, writes its rows, and says what it may be relied on for. */
export async function makeReport<Report extends ReportFrame, Row>(
  inquiry: Inquiry,
  make: (ports: ReportPorts) => Promise<Report>,
  write: (report: Report) => {
    readonly shape: ListShape<Row>;
    readonly rows: readonly Row[];
    /** What JSON has beside the rows. */
    readonly rest: object;
    /** What is to be said for people before the notes. */
    readonly summary: readonly string[];
  },
): Promise<void> {
  const { terminal, exit } = inquiry.surroundings;
  const report = await withApi(inquiry, ({ ask }) => make({ ask, count: terminal.count }));
  const { shape, rows, rest, summary } = write(report);
  const { window, zone, coverage, connections, notes } = report;
  await writeRows(shape, rows, inquiry, { ...rest, window, zone, connections, notes, coverage });
  if (!coverage.complete) exit(EXIT.notComplete);
  const inZone = zone === DEFAULT_ZONE ? [] : [`Days and hours are those of ${zone}.`];
  sayCoverage(inquiry, coverage, window, [...summary, ...inZone, ...notes]);
}

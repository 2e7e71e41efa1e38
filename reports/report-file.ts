import { csvText, jsonText, type ListFields } from '../words/list-text.ts';
import type { ReportFrame } from './trail.ts';

/** A report as a file, the same from the command and from a page. */
export interface ReportFile<Row> extends ListFields<Row> {
  readonly rows: readonly Row[];
  /** What JSON has beside the rows. */
  readonly beside: object;
}

/** The formats of a report that a file is made of. */
export const FILE_FORMATS = ['csv', 'json'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** What JSON has of every report beside its rows. */
export function frameOf({ window, zone, connections, notes, coverage, endpoints }: ReportFrame): ReportFrame {
  return { window, zone, connections, notes, coverage, endpoints };
}

/** The whole text of a file. */
export function textOf<Row>(file: ReportFile<Row>, format: FileFormat): string {
  const text = format === 'csv' ? csvText(file) : jsonText<Row>(file);
  return text.write(file.rows) + text.end(file.beside);
}

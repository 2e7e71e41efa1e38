import type { Terminal } from '../terminal.ts';

/** How an answer is written. */
export const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** What a table that goes into a pipe or a file is fitted into. */
const WIDTH_WITHOUT_TERMINAL = 120;

/** Unless it was chosen: a table for people, JSON for programs. */
export function chooseFormat(chosen: Format | undefined, terminal: Terminal): Format {
  return chosen ?? (terminal.width() === undefined ? 'json' : 'table');
}

/** Columns that a table may take. */
export function tableWidth(terminal: Pick<Terminal, 'width'>): number {
  return terminal.width() ?? WIDTH_WITHOUT_TERMINAL;
}

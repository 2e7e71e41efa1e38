import type { Terminal } from '../../../cli/terminal.ts';

/** A terminal that remembers what was written, line by line. */
export interface QuietTerminal extends Terminal {
  readonly lines: string[];
  readonly notices: string[];
  readonly counts: string[];
  /** What was written as it is. */
  readonly written: () => string;
}

/** @param width - columns of the terminal; a pipe where it is absent */
export function quietTerminal(env: NodeJS.ProcessEnv = {}, width?: number): QuietTerminal {
  const lines: string[] = [];
  const notices: string[] = [];
  const counts: string[] = [];
  const pieces: string[] = [];
  return {
    env,
    lines,
    notices,
    counts,
    written: () => pieces.join(''),
    line: (text, alarm = '') => void lines.push(text + alarm),
    write: async (text) => void pieces.push(text),
    notice: (text) => void notices.push(text),
    progress: () => {},
    count: (text) => void counts.push(text),
    width: () => width,
    alarm: (text) => text,
    strong: (text) => text,
  };
}

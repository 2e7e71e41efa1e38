import type { Terminal } from '../../cli/terminal.ts';

/** A terminal that remembers what was written, line by line. */
export function quietTerminal(
  env: NodeJS.ProcessEnv = {},
): Terminal & { readonly lines: string[]; readonly notices: string[] } {
  const lines: string[] = [];
  const notices: string[] = [];
  return {
    env,
    lines,
    notices,
    line: (text) => void lines.push(text),
    notice: (text) => void notices.push(text),
    progress: () => {},
    alarm: (text) => text,
  };
}

import { runProgram, type TimePorts } from '../../../cli/program.ts';
import { startTestApi } from '../servers/api-server.ts';
import { type QuietTerminal, quietTerminal } from './quiet-terminal.ts';

/** The time at which the tests ask. */
export const NOW = new Date('2026-11-22T15:30:00Z');

/** Nobody waits in tests. */
const TIME: TimePorts = { now: () => NOW, pause: async () => {}, timeout: () => new AbortController().signal };

/** What a command line came to. */
export interface AskedCommand {
  readonly code: number;
  /** What was asked for. */
  readonly out: string;
  /** What was said to the person. */
  readonly said: string;
  readonly terminal: QuietTerminal;
}

/**
 * Runs a command line against an API, as if on a terminal where it has a width.
 *
 * @param words - separated by spaces, or a list where one has a space in it
 */
export async function ask(
  url: string,
  words: string | readonly string[],
  { width, time = {}, env = {} }: { width?: number; time?: Partial<TimePorts>; env?: NodeJS.ProcessEnv } = {},
): Promise<AskedCommand> {
  const terminal = quietTerminal({ CVPN_AUDIT_API: url, ...env }, width);
  const list = typeof words === 'string' ? words.split(' ') : words;
  const code = await runProgram(list, terminal, { ...TIME, ...time });
  return { code, out: terminal.written(), said: terminal.notices.join('\n'), terminal };
}

/** The same against an API that answers everything with this JSON; with the questions that it was asked. */
export async function askJson(
  json: unknown,
  ...asked: [words: string | readonly string[], how?: Parameters<typeof ask>[2]]
) {
  await using api = await startTestApi(() => ({ json }));
  return { ...(await ask(api.url, ...asked)), seen: api.seen };
}

import { vi } from 'vitest';
import { runProgram } from '../../../cli/program.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { quietTerminal } from './quiet-terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs a command in this process, which is much quicker than in one of its own, in an environment that knows of no AWS but for what
 * `env` adds.
 *
 * @param ask - what the person answers; nobody is there without it
 * @returns the exit code, what was asked for, as lines or as it was written, and what was said to the person
 */
export async function runHere(words: readonly string[], env: NodeJS.ProcessEnv = {}, ask?: Terminal['ask']) {
  const surroundings = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...env };
  for (const [name, value] of Object.entries(surroundings)) vi.stubEnv(name, value);
  const terminal = { ...quietTerminal(surroundings), ask };
  const before = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
  try {
    const code = await runProgram(words, terminal);
    const out = terminal.written() || terminal.lines.map((line) => `${line}\n`).join('');
    return { code, out, err: terminal.notices.map((notice) => `${notice}\n`).join(''), terminal };
  } finally {
    vi.unstubAllEnvs();
    // A process of its own would end with the command.
    for (const signal of SIGNALS)
      for (const listener of process.listeners(signal)) if (!before.has(listener)) process.off(signal, listener);
  }
}

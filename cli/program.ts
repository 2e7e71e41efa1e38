import { setTimeout as wait } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { Interrupted } from './api/api-failure.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import { WrongUsage } from './wrong-usage.ts';

/** Each command is loaded when it is wanted: what records needs the AWS SDK, which a question to this machine does not. */
const COMMANDS: Readonly<Record<string, (surroundings: Surroundings) => Promise<Command>>> = {
  serve: async ({ terminal }) => (await import('./serve.ts')).serveCommand(terminal),
  record: async ({ terminal }) => (await import('./record.ts')).recordCommand(terminal),
  rebuild: async ({ terminal }) => (await import('./rebuild.ts')).rebuildCommand(terminal),
  recover: async (surroundings) => (await import('./recover/command.ts')).recoverCommand(surroundings),
  verify: async (surroundings) => (await import('./verify/command.ts')).verifyCommand(surroundings),
  connections: async (surroundings) => (await import('./questions/connections.ts')).connectionsCommand(surroundings),
  connection: async (surroundings) => (await import('./questions/connection.ts')).connectionCommand(surroundings),
  who: async (surroundings) => (await import('./questions/who.ts')).whoCommand(surroundings),
  usage: async (surroundings) => (await import('./questions/usage.ts')).usageCommand(surroundings),
  endpoints: async (surroundings) => (await import('./questions/endpoints.ts')).endpointsCommand(surroundings),
  coverage: async (surroundings) => (await import('./questions/coverage.ts')).coverageCommand(surroundings),
  export: async (surroundings) => (await import('./export/command.ts')).exportCommand(surroundings),
  accesses: async (surroundings) => (await import('./questions/accesses.ts')).accessesCommand(surroundings),
  console: async (surroundings) => (await import('./console/command.ts')).consoleCommand(surroundings),
  completion: async ({ terminal }) => (await import('./completion/command.ts')).completionCommand(terminal),
};

/** Those that show all commands, or look for one. */
const NEEDS_ALL = 'completion';

/** Time, as the commands that ask the API know it. */
export type TimePorts = Pick<Surroundings, 'now' | 'pause' | 'timeout'>;

const TIME: TimePorts = {
  now: () => new Date(),
  pause: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};

/**
 * Runs one command to its end.
 *
 * @param words - the command line without the program's name
 * @param time - replaced in tests
 * @returns the exit code
 */
export async function runProgram(
  words: readonly string[],
  terminal: Terminal,
  time: TimePorts = TIME,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const exit = (wanted: ExitCode) => {
    code = wanted;
  };
  const program = await loadProgram(words[0], { ...time, terminal, exit });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return reportFailure(error, terminal);
  }
}

async function loadProgram(first: string | undefined, surroundings: Surroundings): Promise<Command> {
  const { terminal } = surroundings;
  const wanted = first !== undefined && first !== NEEDS_ALL ? COMMANDS[first] : undefined;
  const loaded = await Promise.all((wanted ? [wanted] : Object.values(COMMANDS)).map((load) => load(surroundings)));
  const program = new Command('cvpn-audit')
    .description('A lasting audit trail of every AWS Client VPN connection.')
    .version(manifest.version);
  for (const command of loaded) program.addCommand(command);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.line(text.trimEnd()),
        writeErr: (text) => terminal.notice(text.trimEnd()),
      })
      .showHelpAfterError(`See: ${command === program ? '' : 'cvpn-audit '}${command.name()} --help`);
  }
  return program;
}

function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  if (error instanceof Interrupted) return EXIT.interrupted;
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error));
  terminal.notice(`cvpn-audit: ${message || name}`);
  if (terminal.env.CVPN_AUDIT_DEBUG === '1') terminal.notice(stack ?? '');
  return error instanceof WrongUsage ? EXIT.wrongUsage : EXIT.failed;
}

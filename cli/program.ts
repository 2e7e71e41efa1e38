import { setTimeout as wait } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { toError } from '../lambda/trail/to-error.ts';
import { withPerson } from '../local/network/person.ts';
import manifest from '../package.json' with { type: 'json' };
import { printable } from '../words/printable.ts';
import { Interrupted } from './api/api-failure.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import { WrongUsage } from './wrong-usage.ts';

type Load = (surroundings: Surroundings) => Promise<Command>;

/** Each command is loaded when it is wanted: what records needs the AWS SDK, which a question to this machine does not. */
const COMMANDS: Readonly<Record<string, Load>> = {
  serve: async ({ terminal }) => (await import('./serve/command.ts')).serveCommand(terminal),
  record: async ({ terminal }) => (await import('./record.ts')).recordCommand(terminal),
  rebuild: async ({ terminal }) => (await import('./rebuild.ts')).rebuildCommand(terminal),
  recover: async (surroundings) => (await import('./recover/command.ts')).recoverCommand(surroundings),
  verify: async (surroundings) => (await import('./verify/command.ts')).verifyCommand(surroundings),
  doctor: async (surroundings) => (await import('./doctor/command.ts')).doctorCommand(surroundings),
  connections: async (surroundings) => (await import('./questions/connections.ts')).connectionsCommand(surroundings),
  connection: async (surroundings) => (await import('./questions/connection.ts')).connectionCommand(surroundings),
  who: async (surroundings) => (await import('./questions/who.ts')).whoCommand(surroundings),
  usage: async (surroundings) => (await import('./questions/usage.ts')).usageCommand(surroundings),
  endpoints: async (surroundings) => (await import('./questions/endpoints.ts')).endpointsCommand(surroundings),
  coverage: async (surroundings) => (await import('./questions/coverage.ts')).coverageCommand(surroundings),
  checkpoint: async (surroundings) => (await import('./questions/checkpoint.ts')).checkpointCommand(surroundings),
  export: async (surroundings) => (await import('./export/command.ts')).exportCommand(surroundings),
  audit: async (surroundings) => (await import('./audit/command.ts')).auditCommand(surroundings),
  report: async (surroundings) => (await import('./report/command.ts')).reportCommand(surroundings),
  accesses: async (surroundings) => (await import('./questions/accesses.ts')).accessesCommand(surroundings),
  console: async (surroundings) => (await import('./console/command.ts')).consoleCommand(surroundings),
  completion: async ({ terminal }) => (await import('./completion/command.ts')).completionCommand(terminal),
};

/** Those that show all commands, or look for one. */
const NEEDS_ALL = 'completion';
const NEEDS_NONE = '--version';

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
  const shown = shownWords(words);
  const program = await loadProgram(words[0], { ...time, terminal, exit }, shown);
  try {
    await withPerson(terminal.ask, () => program.parseAsync([...words], { from: 'user' }));
    return code;
  } catch (error) {
    return reportFailure(error, terminal, shown);
  }
}

/** A message in which no word of the command line begins a line of its own, or does anything else to a terminal. */
type ShowWords = (message: string) => string;

function shownWords(words: readonly string[]): ShowWords {
  const parts = words.flatMap((word) => [word, ...word.split(/=(.*)/s)]).filter((part) => part !== printable(part));
  return (message) => parts.reduce((text, part) => text.replaceAll(part, printable(part)), message);
}

async function loadProgram(first: string | undefined, surroundings: Surroundings, shown: ShowWords): Promise<Command> {
  const { terminal } = surroundings;
  const loaded = await Promise.all(loadersFor(first).map((load) => load(surroundings)));
  const program = new Command('cvpn-audit')
    .description('A lasting audit trail of every AWS Client VPN connection.')
    .version(manifest.version);
  for (const command of loaded) program.addCommand(command);
  for (const [command, name] of namedCommands(program)) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.line(text.trimEnd()),
        writeErr: (text) => terminal.notice(text.trimEnd()),
        outputError: (text, write) => write(shown(text)),
      })
      .showHelpAfterError(`See: ${name} --help`);
  }
  return program;
}

function loadersFor(first: string | undefined): readonly Load[] {
  if (first === NEEDS_NONE) return [];
  const wanted = first !== undefined && first !== NEEDS_ALL ? COMMANDS[first] : undefined;
  return wanted ? [wanted] : Object.values(COMMANDS);
}

/** A command and those below it, each with all of its words. */
function namedCommands(command: Command, above = ''): [command: Command, name: string][] {
  const name = `${above}${command.name()}`;
  return [[command, name], ...command.commands.flatMap((one) => namedCommands(one, `${name} `))];
}

/** A disk, a quota or a limit (`ulimit -f`) is full. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function reportFailure(error: unknown, terminal: Terminal, shown: ShowWords): ExitCode {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  if (error instanceof Interrupted) return EXIT.interrupted;
  const { message, name, stack, code } = toError(error) as NodeJS.ErrnoException;
  const whatToDo = NO_ROOM.has(code ?? '') ? '. Make room, or write to another place, and try again.' : '';
  terminal.notice(`cvpn-audit: ${shown(message || name)}${whatToDo}`);
  if (terminal.env.CVPN_AUDIT_DEBUG === '1') terminal.notice(stack ?? '');
  return error instanceof WrongUsage ? EXIT.wrongUsage : EXIT.failed;
}

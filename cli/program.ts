import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { rebuildCommand } from './rebuild.ts';
import { recordCommand } from './record.ts';
import { serveCommand } from './serve.ts';
import type { Terminal } from './terminal.ts';
import { WrongUsage } from './wrong-usage.ts';

const FAILED = 1;
const WRONG_USAGE = 2;

/**
 * Runs one command to its end.
 *
 * @param words - the command line without the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('cvpn-audit')
    .description('A lasting audit trail of every AWS Client VPN connection.')
    .version(manifest.version)
    .addCommand(serveCommand(terminal))
    .addCommand(recordCommand(terminal))
    .addCommand(rebuildCommand(terminal));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.line(text.trimEnd()),
        writeErr: (text) => terminal.notice(text.trimEnd()),
      })
      .showHelpAfterError(`See: ${command === program ? '' : 'cvpn-audit '}${command.name()} --help`);
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    return reportFailure(error, terminal);
  }
}

function reportFailure(error: unknown, terminal: Terminal): number {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error));
  terminal.notice(`cvpn-audit: ${message || name}`);
  if (terminal.env.CVPN_AUDIT_DEBUG === '1') terminal.notice(stack ?? '');
  return error instanceof WrongUsage ? WRONG_USAGE : FAILED;
}

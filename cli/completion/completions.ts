import type { Command } from 'commander';

/** What can be completed of an option. */
export interface OptionCompletion {
  readonly flag: string;
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** What can be completed of a command. */
export interface CommandCompletion {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionCompletion[];
  /** Choices of its argument. */
  readonly choices: readonly string[];
}

/** What can be completed, from the program's own definition of its commands. */
export function completionsOf(program: Command): CommandCompletion[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command
      .createHelp()
      .visibleOptions(command)
      .flatMap(({ long, description, required, optional, argChoices }) =>
        long ? [{ flag: long, description, takesValue: required || optional, choices: argChoices ?? [] }] : [],
      ),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }));
}

/** A text in single quotes, as POSIX shells read it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

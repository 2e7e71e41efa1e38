import type { CommandCompletion, OptionCompletion } from './completions.ts';

/** The completion script for fish. */
export function fishCompletion(program: string, commands: readonly CommandCompletion[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.description)}`,
    ...command.options.map((option) => `complete -c ${program} -n ${seen(command)} ${optionOf(option)}`),
    ...(command.choices.length > 0
      ? [`complete -c ${program} -n ${seen(command)} -f -a ${quote(command.choices.join(' '))}`]
      : []),
  ]);
  const head = `# fish completion of ${program}: ${program} completion fish > ~/.config/fish/completions/${program}.fish`;
  return `${[head, ...lines].join('\n')}\n`;
}

function seen({ name }: CommandCompletion): string {
  return quote(`__fish_seen_subcommand_from ${name}`);
}

function optionOf({ flag, description, takesValue, choices }: OptionCompletion): string {
  const value = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ' -r';
  return `-l ${flag.slice(2)} -d ${quote(description)}${takesValue ? value : ' -f'}`;
}

/** A text in single quotes, as fish reads it. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

import type { Command } from 'commander';

/** What can be completed, from the program's own definition of its commands; of those below one all options together. */
export function completionsOf(program: Command) {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...new Map([command, ...command.commands].flatMap(optionsOf)).values()],
    choices: [
      ...command.commands.map((below) => below.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
  }));
}

/** The options of a command by their flags. */
function optionsOf(command: Command) {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description, required, optional, argChoices }) => {
      const option = { flag: long ?? '', description, takesValue: required || optional, choices: argChoices ?? [] };
      return long ? [[long, option] as const] : [];
    });
}

type CommandCompletion = ReturnType<typeof completionsOf>[number];
type OptionCompletion = CommandCompletion['options'][number];

/** A text in single quotes, as POSIX shells read it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The completion script for bash. If the command has no words, bash completes files. */
export function bashCompletion(program: string, commands: readonly CommandCompletion[]): string {
  const name = `_${program.replaceAll(/\W/g, '_')}`;
  const valued = commands.flatMap((command) => command.options.filter(({ takesValue }) => takesValue));
  const withChoices = commands.flatMap((command) =>
    command.options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flag, choices }) => `    ${quote(`${command.name} ${flag}`)}) words=${quote(choices.join(' '))} ;;`),
  );
  return `# bash completion of ${program}: source <(${program} completion bash)
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote(['help', ...commands.map((command) => command.name)].join(' '))} -- "$current"))
    return
  fi
  case "$command $previous" in
${withChoices.join('\n')}
    ${[...new Set(valued.map(({ flag }) => `*' '${flag}`))].join('|')}) ;;
    *) case "$command" in
${commands.map((command) => `      ${command.name}) words=${quote(bashWords(command))} ;;`).join('\n')}
      help) words=${quote(commands.map((command) => command.name).join(' '))} ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${name} ${program}
`;
}

function bashWords({ options, choices }: CommandCompletion): string {
  return [...choices, ...options.map(({ flag }) => flag)].join(' ');
}

/** The completion script for zsh. */
export function zshCompletion(program: string, commands: readonly CommandCompletion[]): string {
  const name = `_${program.replaceAll(/\W/g, '_')}`;
  return `#compdef ${program}
# zsh completion of ${program}: ${program} completion zsh > "\${fpath[1]}/_${program}"
${name}() {
  local -a commands=(
${commands.map((command) => `    ${quote(`${command.name}:${command.description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT -= 1 ))
  case "$command" in
${commands.map((command) => `    ${command.name}) _arguments ${zshArguments(command).join(' ')} ;;`).join('\n')}
  esac
}
if [ "$funcstack[1]" = ${quote(name)} ]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function zshArguments({ options, choices }: CommandCompletion): string[] {
  const operand = choices.length > 0 ? `:value:(${choices.join(' ')})` : '*:value:_files';
  return [...options.map((option) => quote(zshOption(option))), quote(operand)];
}

/** Any option may be repeated where it is of use; what is in brackets explains it. */
function zshOption({ flag, description, takesValue, choices }: OptionCompletion): string {
  const explained = `*${flag}[${description.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  if (!takesValue) return explained;
  return `${explained}:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}`;
}

/** The completion script for fish. */
export function fishCompletion(program: string, commands: readonly CommandCompletion[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${quoteForFish(command.description)}`,
    ...command.options.map((option) => `complete -c ${program} -n ${seen(command)} ${fishOption(option)}`),
    ...(command.choices.length > 0
      ? [`complete -c ${program} -n ${seen(command)} -f -a ${quoteForFish(command.choices.join(' '))}`]
      : []),
  ]);
  const head = `# fish completion of ${program}: ${program} completion fish > ~/.config/fish/completions/${program}.fish`;
  return `${[head, ...lines].join('\n')}\n`;
}

function seen({ name }: CommandCompletion): string {
  return quoteForFish(`__fish_seen_subcommand_from ${name}`);
}

function fishOption({ flag, description, takesValue, choices }: OptionCompletion): string {
  const value = choices.length > 0 ? ` -x -a ${quoteForFish(choices.join(' '))}` : ' -r';
  return `-l ${flag.slice(2)} -d ${quoteForFish(description)}${takesValue ? value : ' -f'}`;
}

/** A text in single quotes, as fish reads it. */
function quoteForFish(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}

import { type CommandCompletion, quote } from './completions.ts';

/** The completion script for bash. Where the command knows no words, bash completes files. */
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
${commands.map((command) => `      ${command.name}) words=${quote(wordsOf(command))} ;;`).join('\n')}
      help) words=${quote(commands.map((command) => command.name).join(' '))} ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${name} ${program}
`;
}

function wordsOf({ options, choices }: CommandCompletion): string {
  return [...choices, ...options.map(({ flag }) => flag)].join(' ');
}

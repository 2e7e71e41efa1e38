import { type CommandCompletion, type OptionCompletion, quote } from './completions.ts';

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
${commands.map((command) => `    ${command.name}) _arguments ${argumentsOf(command).join(' ')} ;;`).join('\n')}
  esac
}
if [ "$funcstack[1]" = ${quote(name)} ]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function argumentsOf({ options, choices }: CommandCompletion): string[] {
  const operand = choices.length > 0 ? `:value:(${choices.join(' ')})` : '*:value:_files';
  return [...options.map((option) => quote(specificationOf(option))), quote(operand)];
}

/** Any option may be repeated where it is of use; what is in brackets explains it. */
function specificationOf({ flag, description, takesValue, choices }: OptionCompletion): string {
  const explained = `*${flag}[${description.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  if (!takesValue) return explained;
  return `${explained}:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}`;
}

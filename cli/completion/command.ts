import { Argument, Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { bashCompletion, completionsOf, fishCompletion, zshCompletion } from './scripts.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
const SHELLS = ['bash', 'zsh', 'fish'] as const;

const EXAMPLES = `
Examples:
  source <(cvpn-audit completion bash)                                       # in ~/.bashrc
  cvpn-audit completion zsh > "\${fpath[1]}/_cvpn-audit"
  cvpn-audit completion fish > ~/.config/fish/completions/cvpn-audit.fish`;

/** `cvpn-audit completion`: a script that completes this command's words in a shell. */
export function completionCommand(terminal: Pick<Terminal, 'write'>): Command {
  return new Command('completion')
    .description('prints a script that completes the command in a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: (typeof SHELLS)[number], _options: unknown, command: Command) => {
      const program = command.parent ?? command;
      await terminal.write(SCRIPTS[shell](program.name(), completionsOf(program)));
    });
}

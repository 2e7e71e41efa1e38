import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../cli/program.ts';
import { quietTerminal } from '../support/command/quiet-terminal.ts';

async function script(shell: string): Promise<string> {
  const terminal = quietTerminal();
  expect(await runProgram(['completion', shell], terminal)).toBe(0);
  return terminal.written();
}

/** What bash offers for the last of the words. */
async function completed(...words: string[]): Promise<string[]> {
  const line = ['cvpn-audit', ...words].map((word) => `'${word}'`).join(' ');
  const commands = [
    await script('bash'),
    `COMP_WORDS=(${line}) COMP_CWORD=${words.length}`,
    '$(complete -p cvpn-audit | grep -o "_[a-z_]*audit")',
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ];
  return execFileSync('bash', ['--norc', '-c', commands.join('\n')], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
}

describe('the completion in bash', () => {
  it('knows the commands', async () => {
    expect(await completed('conn')).toEqual(['connections', 'connection']);
    expect(await completed('')).toEqual(expect.arrayContaining(['serve', 'who', 'usage', 'completion', 'help']));
  });

  it('knows the options of each command', async () => {
    expect(await completed('connections', '--s')).toEqual(['--status', '--since', '--stack']);
    expect(await completed('who', '--n')).toEqual(['--now']);
    expect(await completed('who', '--mat')).toEqual([]);
  });

  it('knows the values of an option and of an argument', async () => {
    expect(await completed('connections', '--user', 'a', '--match', '')).toEqual(['overlap', 'started', 'ended']);
    expect(await completed('endpoints', '--output', 'n')).toEqual(['ndjson']);
    expect(await completed('completion', 'z')).toEqual(['zsh']);
  });

  it('knows the reports, their options and their values', async () => {
    expect(await completed('report', '')).toEqual(
      expect.arrayContaining(['usage', 'concurrency', 'review', 'findings', '--by', '--people', '--rule', '--since']),
    );
    expect(await completed('report', 'findings', '--short')).toEqual([
      '--shorter-than',
      '--short-count',
      '--short-within',
    ]);
    expect(await completed('report', 'usage', '--by', '')).toEqual([
      'user',
      'endpoint',
      'account',
      'region',
      'day',
      'hour',
    ]);
    expect(await completed('report', 'findings', '--rule', 'unus')).toEqual(['unusual-hours', 'unusual-volume']);
    expect(await completed('report', 'review', '--people', '')).toEqual([]);
  });

  it('leaves a value that it does not know to the shell', async () => {
    expect(await completed('connections', '--since', '')).toEqual([]);
    expect(await completed('serve', '--simulate', '')).toEqual([]);
  });
});

describe('the completion', () => {
  it('in zsh and fish has every command with its options', async () => {
    const [zsh, fish] = [await script('zsh'), await script('fish')];
    expect(zsh).toMatch(/^#compdef cvpn-audit\n/);
    expect(zsh).toMatch(/^ {4}who\) _arguments .*'\*--ip\[[^\]]*\]:value:_files'/m);
    expect(zsh).toContain(':value:(table json ndjson csv)');
    expect(zsh).toMatch(
      /^ {4}report\) _arguments .*'\*--by\[.*:value:\(user endpoint account region day hour\)'.*'\*--people\[/m,
    );
    expect(zsh).toMatch(/^ {4}report\) .*':value:\(usage concurrency review findings\)' ;;$/m);
    expect(fish).toMatch(/^complete -c cvpn-audit -n '__fish_seen_subcommand_from report' -l people -d '.*' -r$/m);
    expect(fish).toMatch(/-n '__fish_seen_subcommand_from report' -f -a 'usage concurrency review findings'$/m);
    expect(fish).toMatch(/^complete -c cvpn-audit -n '__fish_seen_subcommand_from who' -l ip -d '.*' -r$/m);
    expect(fish).toContain(
      "-l output -d 'how it is written (default: table on a terminal, json in a pipe)' -x -a 'table json ndjson csv'",
    );
  });

  it.each(['usage', 'concurrency', 'review', 'findings'])('of report %s has help with examples', async (name) => {
    const terminal = quietTerminal();
    expect(await runProgram(['report', name, '--help'], terminal)).toBe(0);
    expect(terminal.lines.join('\n')).toMatch(new RegExp(`Examples:\n +cvpn-audit report ${name}`));
  });

  it('is wrong usage for another shell', async () => {
    const terminal = quietTerminal();
    expect(await runProgram(['completion', 'tcsh'], terminal)).toBe(2);
    expect(terminal.notices.join('\n')).toMatch(/Allowed choices are bash, zsh, fish/);
  });
});

describe('the help', () => {
  it.each(['connections', 'connection', 'who', 'usage', 'endpoints', 'coverage', 'accesses', 'completion'])(
    'of %s has examples',
    async (command) => {
      const terminal = quietTerminal();
      expect(await runProgram([command, '--help'], terminal)).toBe(0);
      expect(terminal.lines.join('\n')).toMatch(new RegExp(`Examples:\\n +(source <\\()?cvpn-audit ${command}`));
    },
  );
});

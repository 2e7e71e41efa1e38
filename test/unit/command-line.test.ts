import { describe, expect, it } from 'vitest';
import { runProgram } from '../../cli/program.ts';
import { quietTerminal } from '../support/command/quiet-terminal.ts';

/** Exit code and messages of a command line. */
async function run(words: string): Promise<{ code: number; said: string }> {
  const terminal = quietTerminal();
  const code = await runProgram(words.split(' '), terminal);
  return { code, said: terminal.notices.join('\n') };
}

describe('the command line', () => {
  it.each([
    ['serve --every 0', /'0' is invalid. Expected a duration from 1s to 15m, like 30s or 5m/],
    ['serve --every 16m', /'16m' is invalid. Expected a duration from 1s to 15m/],
    ['serve --every 5', /'5' is invalid. Expected a duration/],
    ['serve --simulate --speed x', /'x' is invalid. Expected a number from 1 to 3600/],
    ['serve --simulate --speed 0', /'0' is invalid. Expected a number from 1 to 3600/],
    ['serve --simulate --seed -1', /'-1' is invalid. Expected a whole number from 0 to 4294967295/],
    ['serve --simulate --ec2-port 70000', /'70000' is invalid. Expected a whole number from 0 to 65535/],
    ['serve --port x', /'x' is invalid. Expected a whole number from 0 to 65535/],
    ['console --port 70000', /'70000' is invalid. Expected a whole number from 0 to 65535/],
    ['serve --simulate answer.json --seed 3', /--seed was given with the saved answer answer.json/],
    ['serve --simulate answer.json --accounts', /--accounts was given with the saved answer answer.json/],
    ['serve --accounts', /--accounts was given without --simulate/],
    ['serve --speed 2', /--speed was given without --simulate/],
    ['serve --ec2-port 1234', /--ec2-port was given without --simulate/],
    ['record --page-size 4', /'4' is invalid. Expected a whole number of rows from 5 to 1000/],
    ['record --endpoints cvpn-1', /'cvpn-1' is invalid. Expected "all", or ids like cvpn-endpoint-/],
    ['record --retention 0', /'0' is invalid. Expected "forever", or a whole number of days/],
    ['record --epsilon 901', /'901' is invalid. Expected a whole number of seconds from 0 to 900/],
    ['rebuild --to Connections', /--to names the table Connections, which is in use/],
    ['sevre', /unknown command 'sevre'.*serve/s],
    ['serve --simulat', /unknown option '--simulat'.*--simulate/s],
  ])('refuses "%s" as wrong usage, with what was given and what is expected', async (words, message) => {
    const { code, said } = await run(words);
    expect(said).toMatch(message);
    expect(code).toBe(2);
  });

  it.each(['--help', 'serve --help', '--version'])('answers %s with success', async (words) => {
    expect((await run(words)).code).toBe(0);
  });

  it('shows where a failure came from only to those who debug', async () => {
    const words = ['serve', '--simulate', '/nonexistent.json'];
    const [user, developer] = [quietTerminal(), quietTerminal({ CVPN_AUDIT_DEBUG: '1' })];
    expect([await runProgram(words, user), await runProgram(words, developer)]).toEqual([1, 1]);
    expect(user.notices).toEqual([expect.stringMatching(/^cvpn-audit: The saved answer .* cannot be read/)]);
    expect(developer.notices.join('\n')).toMatch(/\n\s+at /);
  });
});

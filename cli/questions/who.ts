import { Command } from 'commander';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { check } from '../asking/complaints.ts';
import { type GivenEndpoints, readEndpoints, withEndpoints } from '../asking/endpoint-options.ts';
import { beginInquiry, type Inquiry, readMoment, withApi } from '../asking/inquiry.ts';
import { collect, type ListOptions, withListOptions, withQuestionOptions } from '../asking/question-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { askConnections } from './ask-connections.ts';

interface WhoOptions extends ListOptions, GivenEndpoints {
  readonly ip?: readonly string[];
  readonly at?: string;
  readonly now?: true;
}

const EXAMPLES = `
Addresses are used again, and two endpoints may give out the same one: each answer is one holder. Exit code 4: the answer
touches a gap, or what is not yet known.

Examples:
  cvpn-audit who --ip 172.31.0.225 --at 2026-11-22T14:03:00Z
  cvpn-audit who --ip 172.31.0.225 --at "2026-11-22 15:03" --tz Europe/Berlin
  cvpn-audit who --now
  cvpn-audit who --now --endpoint cvpn-endpoint-0123456789abcdef0 --all`;

/** `cvpn-audit who`: the person behind an address at a moment, or who is connected. */
export function whoCommand(surroundings: Surroundings): Command {
  const command = withEndpoints(
    new Command('who')
      .description('the person behind an address at a moment; who is connected now')
      .option('--ip <address>', 'address in the tunnel, IPv4 or IPv6; repeatable', collect)
      .option('--at <time>', 'the moment: 2026-11-22T14:03:00Z, 2h')
      .option('--now', 'who is connected now, from the newest snapshot of each endpoint'),
  );
  return withQuestionOptions(withListOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: WhoOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const { ip, limit, cursor } = options;
      const at = readWhen(inquiry, options);
      const question = { ip, ...readEndpoints(inquiry, options), at, limit, cursor };
      for (const name of ['ip', 'limit', 'cursor'] as const) {
        check(`--${name}`, options[name], connectionsParameters[name], inquiry.complaints);
      }
      await withApi(inquiry, (api) =>
        // `connections` asks the same, with the moment as it was asked for.
        askConnections(api, inquiry, { command: 'connections', question, isAll: options.all === true }),
      );
    });
}

function readWhen(inquiry: Inquiry, { at, now, ip }: WhoOptions): string | undefined {
  if (now && at !== undefined) inquiry.complaints.say(`--now was given beside --at ${at}; expected one of them.`);
  if (now || at === 'now') return 'now';
  if (at === undefined) {
    inquiry.complaints.say('Neither --at nor --now was given; expected --ip ADDRESS --at TIME, or --now.');
    return undefined;
  }
  if (ip === undefined) {
    inquiry.complaints.say(
      `--at ${at} was given without --ip; expected --ip ADDRESS. All who were connected: cvpn-audit connections --at ${at}`,
    );
  }
  return readMoment(inquiry, 'at', at);
}

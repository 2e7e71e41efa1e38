import { Command, Option } from 'commander';
import { MATCHES } from '../../lambda/query/matches.ts';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { type ApiQuestion, optionOf } from '../api/question.ts';
import { check } from '../asking/complaints.ts';
import { beginInquiry, type Inquiry, readMoment, readWindow, withApi } from '../asking/inquiry.ts';
import {
  collect,
  type ListOptions,
  type WindowOptions,
  withListOptions,
  withQuestionOptions,
  withWindowOptions,
} from '../asking/question-options.ts';
import type { Surroundings } from '../surroundings.ts';
import { askConnections } from './ask-connections.ts';

interface ConnectionsOptions extends ListOptions, WindowOptions {
  readonly user?: readonly string[];
  readonly username?: readonly string[];
  readonly commonName?: readonly string[];
  readonly ip?: readonly string[];
  readonly endpoint?: readonly string[];
  readonly status?: readonly string[];
  readonly connectionId?: readonly string[];
  readonly at?: string;
  readonly match?: string;
}

const EXAMPLES = `
An option given twice joins with OR, different options with AND. Exit code 4: the answer touches a gap, or what is not
yet known.

Examples:
  cvpn-audit connections --user alice --since 7d
  cvpn-audit connections --ip 172.31.0.225 --since 2026-11-20 --until 2026-11-22
  cvpn-audit connections --at 2026-11-22T14:03:00Z --endpoint cvpn-endpoint-0123456789abcdef0
  cvpn-audit connections --since yesterday --match started --all --output csv > started.csv
  cvpn-audit connections --status active --tz Europe/Berlin`;

/** `cvpn-audit connections`: searches the trail. */
export function connectionsCommand(surroundings: Surroundings): Command {
  const command = new Command('connections')
    .description('search the connections: by person, address, endpoint, status and time')
    .option('--user <name>', 'username or common name, in any case; repeatable', collect)
    .option('--username <name>', 'username, exactly; repeatable', collect)
    .option('--common-name <name>', 'common name, exactly; repeatable', collect)
    .option('--ip <address>', 'address in the tunnel, IPv4 or IPv6; repeatable', collect)
    .option('--endpoint <id>', 'Client VPN endpoint; repeatable', collect)
    .option('--status <status>', 'active, terminating, terminated or failed-to-terminate; repeatable', collect)
    .option('--connection-id <id>', 'connection; repeatable', collect);
  withWindowOptions(command)
    .option('--at <time>', 'one moment, in place of --since and --until; "now": who is connected')
    .addOption(
      new Option(
        '--match <how>',
        'connected in the window, established in it or ended in it (default: overlap)',
      ).choices(MATCHES),
    );
  return withQuestionOptions(withListOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: ConnectionsOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const question = readQuestion(inquiry, options);
      await withApi(inquiry, (api) =>
        askConnections(api, inquiry, { command: 'connections', question, isAll: options.all === true }),
      );
    });
}

const FILTERS = ['user', 'username', 'commonName', 'ip', 'endpoint', 'status', 'connectionId'] as const;
const WITHOUT_AT = ['since', 'until', 'match'] as const;

function readQuestion(inquiry: Inquiry, options: ConnectionsOptions): ApiQuestion {
  const { complaints } = inquiry;
  const filters: Record<string, readonly string[]> = {};
  for (const name of FILTERS) {
    check(optionOf(name), options[name], connectionsParameters[name], complaints);
    if (options[name]) filters[name] = options[name];
  }
  check('--limit', options.limit, connectionsParameters.limit, complaints);
  check('--cursor', options.cursor, connectionsParameters.cursor, complaints);
  return { ...filters, ...readTimes(inquiry, options), limit: options.limit, cursor: options.cursor };
}

function readTimes(inquiry: Inquiry, options: ConnectionsOptions): ApiQuestion {
  const { at, match } = options;
  if (at === undefined) return { ...readWindow(inquiry, options), match };
  for (const name of WITHOUT_AT) {
    if (options[name] !== undefined) {
      inquiry.complaints.say(`--${name} ${options[name]} was given beside --at ${at}; expected a moment or a window.`);
    }
  }
  return { at: at === 'now' ? 'now' : readMoment(inquiry, 'at', at) };
}

import { Command, Option } from 'commander';
import { MATCHES } from '../../lambda/query/matches.ts';
import { connectionsParameters, FILTERS } from '../../lambda/query/parameters/definitions.ts';
import type { ApiQuestion } from '../api/question.ts';
import { check } from '../asking/complaints.ts';
import { type GivenOwners, readSome, withOwners } from '../asking/endpoint-options.ts';
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

/** The filters of the command line. */
export type GivenFilters = {
  readonly [Name in Exclude<(typeof FILTERS)[number], 'region'>]?: readonly string[] | undefined;
} & GivenOwners;

/** When, of the command line. */
export interface GivenTimes extends WindowOptions {
  readonly at?: string;
  readonly match?: string;
}

type ConnectionsOptions = ListOptions & GivenTimes & GivenFilters;

const EXAMPLES = `
An option given twice joins with OR, different options with AND. Exit code 4: the answer touches a gap, or what is not
yet known.

Examples:
  cvpn-audit connections --user alice --since 7d
  cvpn-audit connections --ip 172.31.0.225 --since 2026-11-20 --until 2026-11-22
  cvpn-audit connections --at 2026-11-22T14:03:00Z --endpoint cvpn-endpoint-0123456789abcdef0
  cvpn-audit connections --since yesterday --match started --all --output csv > started.csv
  cvpn-audit connections --status active --tz Europe/Berlin
  cvpn-audit connections --account 123456789012 --endpoint-region eu-west-1 --since yesterday`;

/** Adds the filters of connections. */
export function withFilters(command: Command): Command {
  const named = command
    .option('--user <name>', 'username or common name, in any case; repeatable', collect)
    .option('--username <name>', 'username, exactly; repeatable', collect)
    .option('--common-name <name>', 'common name, exactly; repeatable', collect)
    .option('--ip <address>', 'address in the tunnel, IPv4 or IPv6; repeatable', collect)
    .option('--endpoint <id>', 'Client VPN endpoint; repeatable', collect);
  return withOwners(named)
    .option('--status <status>', 'active, terminating, terminated or failed-to-terminate; repeatable', collect)
    .option('--connection-id <id>', 'connection; repeatable', collect);
}

/** `cvpn-audit connections`: searches the trail. */
export function connectionsCommand(surroundings: Surroundings): Command {
  const command = withFilters(
    new Command('connections').description('search the connections: by person, address, endpoint, status and time'),
  );
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
      const question = questionOf(inquiry, options);
      await withApi(inquiry, (api) =>
        askConnections(api, inquiry, { command: 'connections', question, isAll: options.all === true }),
      );
    });
}

function questionOf(inquiry: Inquiry, options: ConnectionsOptions): ApiQuestion {
  const { at, match, limit, cursor } = options;
  const filters = readFilters(inquiry, options);
  check('--limit', limit, connectionsParameters.limit, inquiry.complaints);
  check('--cursor', cursor, connectionsParameters.cursor, inquiry.complaints);
  if (at !== undefined) refuseBesideAt(inquiry, options);
  const times =
    at === undefined
      ? { ...readWindow(inquiry, options), match }
      : { at: at === 'now' ? at : readMoment(inquiry, 'at', at) };
  return { ...filters, ...times, limit, cursor };
}

/** The filters that are given, as the API calls them; reports wrong values. */
export function readFilters(inquiry: Inquiry, given: GivenFilters): ApiQuestion {
  return readSome(inquiry, given, FILTERS);
}

/** Reports what has no meaning beside a moment. */
export function refuseBesideAt({ complaints }: Inquiry, given: GivenTimes): void {
  for (const name of ['since', 'until', 'match'] as const) {
    if (given[name] === undefined) continue;
    complaints.say(`--${name} ${given[name]} was given beside --at ${given.at}; expected a moment or a window.`);
  }
}

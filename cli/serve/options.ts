import { type Command, Option } from 'commander';
import { INTERVAL } from '../../lambda/settings.ts';
import { optionOf } from '../../words/command-line.ts';
import { LOCAL_API } from '../api/find-api.ts';
import { readInterval, readNumber } from '../option-values.ts';
import { type RecordingOptions, withRecordingOptions } from '../trail-options.ts';
import { WrongUsage } from '../wrong-usage.ts';

/** The options of `serve` that say what is recorded. */
export interface SourceOptions {
  /** `true` for the simulated company, or the file of a saved answer of the AWS CLI; absent for AWS. */
  readonly simulate?: string | true;
  /** Which company is simulated. */
  readonly seed?: number;
  /** Whether the company has two accounts, in two Regions. */
  readonly accounts?: true;
  /** Port of the simulated EC2; 0 for any free one. */
  readonly ec2Port: number;
}

/** The options of `serve`. */
export interface ServeOptions extends RecordingOptions, SourceOptions {
  /** Port of the API; 0 for any free one. */
  readonly port: number;
  readonly accessesTable: string;
  /** Whether a browser is opened with the page. */
  readonly open?: true;
  /** Milliseconds between two recordings. */
  readonly every: number;
  /** How many times as fast as time simulated time runs. */
  readonly speed: number;
}

const EVERY = `${INTERVAL.byDefault}m`;
const readPort = readNumber(0, 65_535, 'whole number');
const LARGEST_SEED = 2 ** 32 - 1;
const ONLY_SIMULATED = ['speed', 'seed', 'accounts', 'ec2Port'];

/** Adds the options of `serve`. */
export function withServeOptions(command: Command): Command {
  return withRecordingOptions(command)
    .addOption(
      new Option('--accesses-table <name>', 'table of the questions that were asked')
        .env('ACCESSES_TABLE')
        .default('Accesses'),
    )
    .option('--port <n>', 'port of the page and the API, 0 for any', readPort, Number(new URL(LOCAL_API).port))
    .option('--open', 'opens the page in a browser')
    .addOption(
      new Option('--every <duration>', 'time between two recordings')
        .argParser(readInterval)
        .default(readInterval(EVERY), EVERY),
    )
    .option('--simulate [file]', "record a simulated Client VPN: a company, or the AWS CLI's saved answer in FILE")
    .option('--speed <n>', 'with --simulate: how many times as fast its time runs', readNumber(1, 3600, 'number'), 1)
    .option('--seed <n>', 'with --simulate: which company', readNumber(0, LARGEST_SEED, 'whole number'))
    .option('--accounts', 'with --simulate: the company has two accounts, in two Regions, and a simulated STS')
    .option('--ec2-port <n>', 'with --simulate: port of the simulated EC2, 0 for any', readPort, 8791);
}

/**
 * Refuses options that would have no effect.
 *
 * @throws WrongUsage
 */
export function checkServeOptions(command: Command, { simulate }: ServeOptions): void {
  const given = ONLY_SIMULATED.filter((name) => command.getOptionValueSource(name) === 'cli');
  if (simulate === undefined && given[0] !== undefined) {
    throw new WrongUsage(`${optionOf(given[0])} was given without --simulate, and has a meaning only with it.`);
  }
  const ofCompany = given.find((name) => name === 'seed' || name === 'accounts');
  if (typeof simulate === 'string' && ofCompany !== undefined) {
    throw new WrongUsage(
      `${optionOf(ofCompany)} was given with the saved answer ${simulate}; it chooses a simulated company (--simulate alone).`,
    );
  }
}

import { type Command, Option } from 'commander';
import { type ApiOptions, LOCAL_API } from '../api/find-api.ts';
import { FORMATS, type Format } from '../output/format.ts';

/** The options of every query. */
export interface QuestionOptions extends ApiOptions {
  readonly output?: Format;
  readonly tz?: string;
}

/** Options of a list. */
export interface ListOptions extends QuestionOptions {
  readonly limit?: string;
  readonly cursor?: string;
  readonly all?: true;
}

/** Options of a window of time. */
export interface WindowOptions {
  readonly since?: string;
  readonly until?: string;
}

/** Adds the options of every query: output format, API address, and credentials. */
export function withQuestionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--output <format>', 'how it is written (default: table on a terminal, json in a pipe)').choices(
        FORMATS,
      ),
    )
    .option('--tz <zone>', 'time zone for showing times, and for reading those without one (default: UTC)')
    .option('--api <url>', `address of the API (default: CVPN_AUDIT_API, else ${LOCAL_API})`)
    .option('--stack <name>', 'ask the API of this CloudFormation stack')
    .option('--profile <name>', 'AWS profile to sign with')
    .option('--region <region>', "AWS Region of the API (default: its address's, or the profile's)");
}

/** Adds the options of a window of time. */
export function withWindowOptions(command: Command): Command {
  return command
    .option('--since <time>', 'start of the window: 2026-11-22T14:03Z, 2026-11-22, 2h, 7d, yesterday')
    .option('--until <time>', 'end of the window; a date alone means that whole day');
}

/** Adds the options of a list. */
export function withListOptions(command: Command): Command {
  return command
    .option('--limit <rows>', 'rows of one answer, 1 to 1000 (default: 100, with --all 1000)')
    .option('--cursor <cursor>', 'go on where an answer ended; with the same question')
    .option('--all', 'everything, answer after answer');
}

/** For an option that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

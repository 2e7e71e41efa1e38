import type { Command } from 'commander';
import { connectionsParameters, endpointsParameters } from '../../lambda/query/parameters/definitions.ts';
import { attributeOf, optionOf } from '../../words/command-line.ts';
import type { ApiQuestion } from '../api/question.ts';
import { check } from './complaints.ts';
import type { Inquiry } from './inquiry.ts';
import { collect } from './question-options.ts';

/** Whose endpoints, on the command line; `--region` says where the API is. */
export interface GivenOwners {
  readonly account?: readonly string[] | undefined;
  readonly endpointRegion?: readonly string[] | undefined;
}

/** Which endpoints, on the command line. */
export interface GivenEndpoints extends GivenOwners {
  readonly endpoint?: readonly string[] | undefined;
}

/** Adds the options that say which endpoints. */
export function withEndpoints(command: Command, words = 'Client VPN endpoint; repeatable'): Command {
  return withOwners(command.option('--endpoint <id>', words, collect));
}

/** Adds the options that say whose endpoints, and where. */
export function withOwners(command: Command): Command {
  return command
    .option('--account <id>', 'AWS account of the endpoints; repeatable', collect)
    .option('--endpoint-region <region>', 'AWS Region of the endpoints; repeatable', collect);
}

/** The endpoints that are asked for, as the API calls it; reports wrong values. */
export function readEndpoints(inquiry: Inquiry, given: GivenEndpoints): ApiQuestion {
  return readSome(inquiry, given, Object.keys(endpointsParameters) as (keyof typeof endpointsParameters)[]);
}

/** Some of the filters, by the names that the API has for them; reports wrong values. */
export function readSome(
  { complaints }: Pick<Inquiry, 'complaints'>,
  given: object,
  names: readonly (keyof typeof connectionsParameters)[],
): ApiQuestion {
  const options = given as Readonly<Record<string, readonly string[] | undefined>>;
  return Object.fromEntries(
    names.map((name) => {
      const values = options[attributeOf(name)];
      check(optionOf(attributeOf(name)), values, connectionsParameters[name], complaints);
      return [name, values];
    }),
  );
}

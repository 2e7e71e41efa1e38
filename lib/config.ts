import type * as z from 'zod';
import { type Config, configuration, SETTINGS } from './settings.ts';
import { type StackPlace, targetContradictions } from './targets.ts';

/** An invalid configuration. The message has a line for each wrong key. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The name of the object in cdk.json's context, and the prefix of the keys that override it. */
const NAME = 'cvpn-audit';

/**
 * What the CDK's context gives as configuration: the object `cvpn-audit` of cdk.json, and over it every
 * `-c cvpn-audit:KEY=VALUE`.
 *
 * @throws ConfigError if `cvpn-audit` is not an object
 */
export function configFromContext(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const base = context[NAME] ?? {};
  if (typeof base !== 'object' || Array.isArray(base)) {
    throw new ConfigError(
      `${NAME}: got ${JSON.stringify(base)}; expected an object, in the context of cdk.json; a single key is given as -c ${NAME}:interval=10`,
    );
  }
  const overrides = Object.entries(context)
    .filter(([key]) => key.startsWith(`${NAME}:`))
    .map(([key, value]) => [key.slice(NAME.length + 1), value]);
  return { ...base, ...Object.fromEntries(overrides) };
}

/**
 * The parsed configuration, with defaults for the rest.
 *
 * @param stack where it is to be deployed, if the configuration does not say so and it is known
 * @throws ConfigError that names each wrong key, what was given and what was expected
 */
export function parseConfig(given: Readonly<Record<string, unknown>>, stack: StackPlace = {}): Config {
  const result = configuration.safeParse(given);
  const problems = result.success
    ? contradictions(result.data, stack)
    : result.error.issues.flatMap((issue) => problemsOf(issue, given));
  if (!result.success || problems.length > 0) {
    throw new ConfigError(
      `The configuration cannot be deployed:\n${[...new Set(problems)].map((line) => `  ${line}\n`).join('')}`,
    );
  }
  return result.data;
}

function problemsOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string[] {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    return issue.keys.map(
      (key) => `cvpn-audit:${key}: there is no such key; expected one of ${[...SETTINGS.keys()].join(', ')}`,
    );
  }
  const key = String(issue.path[0]);
  return [`cvpn-audit:${key}: got ${JSON.stringify(given[key])}; expected ${SETTINGS.get(key)?.expected}`];
}

const TABLE_KEYS = ['snapshotsTableName', 'connectionsTableName', 'accessesTableName'] as const;

/** Contradictions between valid keys of the configuration: a line for each, with the key first. */
function contradictions(config: Config, stack: StackPlace): string[] {
  const tables = TABLE_KEYS.map((key) => [key, config[key]] as const).filter(([, name]) => name !== undefined);
  const repeated = tables.filter(([, name], index) => tables.findIndex(([, other]) => other === name) < index);
  const problems = repeated.map(
    ([key, name]) => `cvpn-audit:${key}: got ${JSON.stringify(name)}, which is another of the tables; expected its own`,
  );
  if (config.encryption === 'customer-managed' && tables.length === TABLE_KEYS.length) {
    problems.push(
      'cvpn-audit:encryption: got "customer-managed", which makes a key, but all tables exist; expected the ARN of the key that encrypts them, or "aws-owned"',
    );
  }
  return [...problems, ...archiveContradictions(config), ...targetContradictions({ ...stack, ...config })];
}

function archiveContradictions({ archiveBucketName, archiveLockDays, archiveLockMode, retention }: Config): string[] {
  const problems: string[] = [];
  if (archiveLockDays !== undefined && archiveBucketName !== undefined) {
    problems.push(
      `cvpn-audit:archiveLockDays: got ${archiveLockDays} beside archiveBucketName; expected the lock to be set on the bucket ${archiveBucketName} itself`,
    );
  }
  if (archiveLockDays !== undefined && retention !== 'forever' && archiveLockDays > retention) {
    problems.push(
      `cvpn-audit:archiveLockDays: got ${archiveLockDays}, which is longer than the retention of ${retention} days; expected at most that, or what has to expire could not`,
    );
  }
  if (archiveLockMode === 'compliance' && archiveLockDays === undefined) {
    problems.push(
      'cvpn-audit:archiveLockMode: got "compliance" without archiveLockDays; expected the days for which nobody can delete',
    );
  }
  return problems;
}

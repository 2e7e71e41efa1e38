import { ConfigError } from './config.ts';

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

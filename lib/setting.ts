import { Token } from 'aws-cdk-lib';
import * as z from 'zod';
import { expectedOf, type WholeNumber } from '../lambda/settings.ts';

/** The description of a setting. */
export interface Told {
  /** Markdown, without an end of sentence. */
  readonly meaning: string;
  /** The end of the sentence "expected …". */
  readonly expected: string;
  /** The behaviour if it is not set, for one without a default. */
  readonly unless: string | undefined;
}

const said = z.registry<Told>();

/** A setting, described. */
export function told<S extends z.ZodType>(schema: S, meaning: string, expected: string, unless?: string): S {
  said.add(schema, { meaning, expected, unless });
  return schema;
}

/** The descriptions of settings, in their order. */
export function descriptionsOf(settings: Readonly<Record<string, z.ZodType>>): ReadonlyMap<string, Told> {
  return new Map(
    Object.entries(settings).flatMap(([key, schema]) => {
      const description = said.get(schema);
      return description === undefined ? [] : [[key, description]];
    }),
  );
}

/** `-c cvpn-audit:KEY=VALUE` gives a string instead of cdk.json's typed value: these read it. */
export const number = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
export const list = (value: unknown) => (typeof value === 'string' && value !== 'all' ? value.split(',') : value);
export const pairs = (value: unknown) =>
  typeof value === 'string' ? Object.fromEntries(value.split(',').map((pair) => pair.split(/=(.*)/s, 2))) : value;

export const within = ({ least, most }: WholeNumber) => z.preprocess(number, z.int().min(least).max(most));

/** A whole number that has a default. */
export const counted = (setting: WholeNumber & { readonly byDefault: number }, meaning: string) =>
  told(within(setting).default(setting.byDefault), meaning, expectedOf(setting));

/** A text that matches a pattern; CloudFormation checks a text that is known only at deployment. */
export const text = (form: RegExp) => z.string().refine((given) => Token.isUnresolved(given) || form.test(given));

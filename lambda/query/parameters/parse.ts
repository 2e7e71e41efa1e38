import type * as z from 'zod/mini';
import { type ParameterError, QueryProblem } from '../problem.ts';

/** One query parameter of a route: its validation and its part of the OpenAPI document. */
export interface Parameter<T> {
  /** Validates and reads one value. */
  readonly schema: z.ZodMiniType<T, string>;
  /** The allowed values, as the end of "expected …". */
  readonly expected: string;
  /** The value's JSON Schema for clients, where it is not that of the text that is read. */
  readonly shown?: Readonly<Record<string, unknown>>;
  readonly description: string;
  /** Whether it may be given more than once; the values then join with OR. */
  readonly many?: true;
  readonly required?: true;
}

/** The parameters of a route by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The parsed parameters: a list for each parameter that may be repeated, otherwise a value or undefined. */
export type Given<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends { readonly many: true; readonly schema: z.ZodMiniType<infer T> }
    ? readonly T[]
    : P[Name] extends { readonly schema: z.ZodMiniType<infer T> }
      ? T | undefined
      : never;
};

/** Enough for a script's list; each value may cost reads of its own. */
const MOST_VALUES = 200;
/** How much of a wrong value is shown. */
const SHOWN_CHARACTERS = 80;

/**
 * Reads the parameters of a request.
 *
 * @throws QueryProblem that names every wrong parameter, its value and what is allowed
 */
export function parseParameters<P extends Parameters>(parameters: P, given: URLSearchParams): Given<P> {
  const errors: ParameterError[] = [...new Set(given.keys())]
    .filter((name) => !Object.hasOwn(parameters, name))
    .map((name) => ({
      parameter: shorten(name),
      given: shorten(given.get(name) ?? ''),
      expected: `no such parameter; this address takes ${Object.keys(parameters).join(', ') || 'none'}`,
    }));
  const read: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const { values, wrong } = readValues(name, parameter, given.getAll(name));
    errors.push(...wrong);
    read[name] = parameter.many ? values : values[0];
  }
  if (errors.length > 0) throw wrongParameters(errors);
  return read as Given<P>;
}

/**
 * The same parameters, each value as it was read: a cursor, an access and a signature are of what was asked, in whatever form a
 * time was written. What cannot be read stays.
 */
export function canonicalParameters(parameters: Parameters, given: URLSearchParams): URLSearchParams {
  return new URLSearchParams(
    [...given].map(([name, text]): [string, string] => {
      const read = Object.hasOwn(parameters, name) ? parameters[name]?.schema.safeParse(text) : undefined;
      return [name, read?.success ? String(read.data) : text];
    }),
  );
}

/** The problem of parameters that are wrong. */
export function wrongParameters(errors: readonly ParameterError[]): QueryProblem {
  const sentences = errors.map(({ parameter, given, expected }) =>
    given === undefined ? `${parameter}: expected ${expected}` : `${parameter}: got "${given}", expected ${expected}`,
  );
  return new QueryProblem('parameters-invalid', sentences.join('; '), errors);
}

function readValues(name: string, { schema, expected, many }: Parameter<unknown>, texts: readonly string[]) {
  if (texts.length > (many ? MOST_VALUES : 1)) {
    const most = many ? `at most ${MOST_VALUES} values` : 'one value';
    return { values: [], wrong: [{ parameter: name, given: `${texts.length} values`, expected: most }] };
  }
  const values: unknown[] = [];
  const wrong: ParameterError[] = [];
  for (const text of texts) {
    const read = schema.safeParse(text);
    if (read.success) values.push(read.data);
    else wrong.push({ parameter: name, given: shorten(text), expected });
  }
  return { values, wrong };
}

/** What a caller gave, as a message may repeat it. */
export function shorten(text: string): string {
  const printable = text.replace(/\p{C}/gu, '\uFFFD');
  return printable.length <= SHOWN_CHARACTERS ? printable : `${printable.slice(0, SHOWN_CHARACTERS)}…`;
}

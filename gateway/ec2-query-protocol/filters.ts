import { Ec2Error, invalidValue } from './ec2-error.ts';
import type { Structure } from './structure.ts';

/** One filter of a request: a row passes if it has one of the values. */
export interface Filter {
  readonly name: string;
  readonly values: readonly FilterValue[];
}

interface FilterValue {
  /** The literal text; undefined if it has a wildcard. */
  readonly literal: string | undefined;
  readonly matches: (text: string) => boolean;
}

const [ANY_RUN, ANY_ONE] = [Symbol('*'), Symbol('?')];

/**
 * Reads a value: `*` matches zero or more characters, `?` exactly one, and a backslash takes either, or a backslash,
 * for itself (EC2 User Guide, "List and filter using the CLI and API"). Before anything else it is a backslash: names of
 * Active Directory have one.
 */
function readValue(text: string): FilterValue {
  const pattern = [...text.matchAll(/\\([*?\\])|./gsu)].map(([all, escaped]) => {
    if (escaped !== undefined) return escaped;
    if (all === '*') return ANY_RUN;
    return all === '?' ? ANY_ONE : all;
  });
  const literal = pattern.every((piece) => typeof piece === 'string') ? pattern.join('') : undefined;
  return {
    literal,
    matches: (given) => (literal === undefined ? isMatch(pattern, Array.from(given)) : given === literal),
  };
}

/** Fast for every pattern: it backtracks only to the last wildcard run. */
function isMatch(pattern: readonly (string | symbol)[], text: readonly string[]): boolean {
  let [at, from, run, taken] = [0, 0, -1, 0];
  while (from < text.length) {
    if (pattern[at] === ANY_RUN) {
      run = at;
      taken = from;
      at += 1;
    } else if (pattern[at] === ANY_ONE || pattern[at] === text[from]) {
      at += 1;
      from += 1;
    } else if (run >= 0) {
      taken += 1;
      from = taken;
      at = run + 1;
    } else return false;
  }
  return pattern.slice(at).every((piece) => piece === ANY_RUN);
}

/** The values of `prefix1`, `prefix2` … in the order of their numbers (EC2 Query API: lists are numbered from 1). */
export function numbered(parameters: URLSearchParams, prefix: string): string[] {
  return [...parameters]
    .map(([name, value]) => ({ digits: name.startsWith(prefix) ? name.slice(prefix.length) : '', value }))
    .filter(({ digits }) => /^\d+$/.test(digits))
    .sort((a, b) => Number(a.digits) - Number(b.digits))
    .map(({ value }) => value);
}

/**
 * The request's `Filter.N.Name` and `Filter.N.Value.M`.
 * @throws Ec2Error InvalidParameterValue for a name that the action does not have (names are case-sensitive), or a
 *   filter without a value.
 */
export function readFilters(parameters: URLSearchParams, names: readonly string[]): Filter[] {
  const numbers = [...parameters.keys()].flatMap((parameter) => /^Filter\.(\d+)\./.exec(parameter)?.[1] ?? []);
  return [...new Set(numbers)].map((number) => {
    const name = parameters.get(`Filter.${number}.Name`);
    if (name === null || !names.includes(name)) {
      throw new Ec2Error('InvalidParameterValue', `The filter '${name ?? 'null'}' is invalid`);
    }
    const values = numbered(parameters, `Filter.${number}.Value.`);
    if (values.length === 0) throw invalidValue(`Filter.${number}.Value`, '', `The filter '${name}' has no value.`);
    return { name, values: values.map(readValue) };
  });
}

/**
 * Whether a row passes: filters join with AND, the values of one with OR, all of them case-sensitive (EC2 API
 * reference, DescribeClientVpnConnections).
 * @param elements - which element of the row each filter name looks at.
 */
export function passes(
  row: Structure,
  filters: readonly Filter[],
  elements: Readonly<Record<string, string>>,
): boolean {
  return filters.every(({ name, values }) => {
    const element = elements[name];
    const text = element === undefined ? undefined : row[element];
    return typeof text === 'string' && values.some(({ matches }) => matches(text));
  });
}

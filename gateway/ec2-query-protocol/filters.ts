import { Ec2Error, invalidValue } from './ec2-error.ts';
import type { Structure } from './structure.ts';

/** One filter of a request: a row passes if it has one of the values. */
export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
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
  const numbers = new Set<string>();
  for (const parameter of parameters.keys()) {
    const number = /^Filter\.(\d+)\./.exec(parameter)?.[1];
    if (number !== undefined) numbers.add(number);
  }
  return [...numbers].map((number) => {
    const name = parameters.get(`Filter.${number}.Name`);
    if (name === null || !names.includes(name)) {
      throw new Ec2Error('InvalidParameterValue', `The filter '${name ?? 'null'}' is invalid`);
    }
    const values = numbered(parameters, `Filter.${number}.Value.`);
    if (values.length === 0) throw invalidValue(`Filter.${number}.Value`, '', `The filter '${name}' has no value.`);
    return { name, values };
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
    return typeof text === 'string' && values.includes(text);
  });
}

import type { Instant } from '../../lambda/trail/time.ts';
import { invalidValue } from '../ec2-query-protocol/ec2-error.ts';
import type { Filter } from '../ec2-query-protocol/filters.ts';
import { readFilterTime, TIME_FILTERS } from './filter-times.ts';

/** Which parameter of the trail's API each filter becomes; both compare case-sensitively. */
const PARAMETERS: Readonly<Record<string, string>> = {
  'connection-id': 'connectionId',
  username: 'username',
  'client-ip': 'ip',
  'common-name': 'commonName',
  status: 'status',
};

/** The filters that there are: AWS's own two, and those that AWS does not have. */
export const FILTER_NAMES: readonly string[] = [...Object.keys(PARAMETERS), ...TIME_FILTERS];

/** The filter that became this parameter of the trail's API. */
export function filterOf(parameter: string): string {
  return Object.entries(PARAMETERS).find(([, name]) => name === parameter)?.[0] ?? parameter;
}

/**
 * What the trail's API is asked for an endpoint's connections. Filters join with AND, also two of the same name; the
 * values of one join with OR.
 * @param now - what relative times count from.
 * @returns undefined where the filters leave nothing to ask for.
 * @throws Ec2Error InvalidParameterValue
 */
export function questionOf(endpointId: string, filters: readonly Filter[], now: Instant): URLSearchParams | undefined {
  const question = new URLSearchParams({ endpoint: endpointId });
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const own = filters.filter((filter) => filter.name === name).map(({ values }) => new Set(values));
    const values = own.length === 0 ? undefined : own.reduce((all, values) => all.intersection(values));
    if (values?.size === 0) return undefined;
    for (const value of values ?? []) question.append(parameter, value);
  }
  for (const name of TIME_FILTERS) {
    const [text, ...more] = filters.filter((filter) => filter.name === name).flatMap(({ values }) => values);
    if (more[0] !== undefined) throw invalidValue(name, more[0], `Expecting one value for the filter '${name}'.`);
    if (text !== undefined) question.set(name, readFilterTime(name, text, now));
  }
  return question;
}

import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { readTime } from '../../lambda/trail/read-time.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import { invalidValue } from '../ec2-query-protocol/ec2-error.ts';
import type { Filter } from '../ec2-query-protocol/filters.ts';
import { OWNER_FILTERS } from './owner-filters.ts';

/** Which parameter of the trail's API each filter becomes; both compare case-sensitively. */
const PARAMETERS: Readonly<Record<string, string>> = {
  'connection-id': 'connectionId',
  username: 'username',
  'client-ip': 'ip',
  'common-name': 'commonName',
  status: 'status',
};

const TIME_FILTERS = ['since', 'until', 'at'] as const;

/** The filters that there are: AWS's own two, and those that AWS does not have. */
export const FILTER_NAMES: readonly string[] = [...Object.keys(PARAMETERS), ...OWNER_FILTERS, ...TIME_FILTERS];

/** The filter that became this parameter of the trail's API. */
export function filterOf(parameter: string): string {
  return Object.entries(PARAMETERS).find(([, name]) => name === parameter)?.[0] ?? parameter;
}

/** What a filter with a wildcard looks at; of a connection whose end was inferred the status is `terminated`, as everywhere. */
const TEXTS: Readonly<Record<string, (connection: ConnectionAnswer) => readonly (string | undefined)[]>> = {
  'connection-id': ({ connectionId }) => [connectionId],
  username: ({ username }) => [username],
  'client-ip': ({ clientIp, clientIpv6 }) => [clientIp, clientIpv6],
  'common-name': ({ commonName }) => [commonName],
  status: ({ status, end }) => [end?.kind === 'inferred' ? 'terminated' : status],
};

/**
 * Whether a connection passes the filters with wildcards, which the trail's API does not have: its indexes are by whole names.
 */
export function passesWildcards(connection: ConnectionAnswer, filters: readonly Filter[]): boolean {
  const texts = (name: string) => (TEXTS[name]?.(connection) ?? []).filter((text) => text !== undefined);
  return filters
    .filter(hasWildcard)
    .every(({ name, values }) => values.some(({ matches }) => texts(name).some(matches)));
}

const hasWildcard = ({ name, values }: Filter): boolean =>
  name in TEXTS && values.some(({ literal }) => literal === undefined);

/**
 * What the trail's API is asked for an endpoint's connections. Filters join with AND, also two of the same name; the
 * values of one join with OR. Those with wildcards are not in it.
 * @param now - what relative times count from.
 * @returns undefined where the filters leave nothing to ask for.
 * @throws Ec2Error InvalidParameterValue
 */
export function questionOf(endpointId: string, filters: readonly Filter[], now: Instant): URLSearchParams | undefined {
  const question = new URLSearchParams({ endpoint: endpointId });
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const own = filters
      .filter((filter) => filter.name === name && !hasWildcard(filter))
      .map(({ values }) => new Set(values.flatMap(({ literal }) => literal ?? [])));
    const values = own.length === 0 ? undefined : own.reduce((all, values) => all.intersection(values));
    if (values?.size === 0) return undefined;
    for (const value of values ?? []) question.append(parameter, value);
  }
  for (const name of TIME_FILTERS) {
    const [text, ...more] = filters
      .filter((filter) => filter.name === name)
      .flatMap(({ values }) => values.map(({ literal = '*' }) => literal));
    if (more[0] !== undefined) throw invalidValue(name, more[0], `Expecting one value for the filter '${name}'.`);
    if (text !== undefined) question.set(name, readFilterTime(name, text, now));
  }
  return question;
}

/** A time as the command reads it, in UTC; `now` with `at` is a question of its own. */
function readFilterTime(name: (typeof TIME_FILTERS)[number], text: string, now: Instant): string {
  if (name === 'at' && text === 'now') return text;
  const read = readTime(text, name, { now: new Date(now), zone: DEFAULT_ZONE });
  if ('instant' in read) return read.instant;
  throw invalidValue(name, text, `Expecting ${read.expected}.`);
}

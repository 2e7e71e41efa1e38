import { connectionsParameters, FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { readTime } from '../../lambda/trail/read-time.ts';
import type { Parameters, ScreenQuestion } from '../question.ts';
import { type Search, TIMES } from './search.ts';
import type { NotUnderstood } from './words.ts';

/** A search as a question to the API, or what keeps it from being one. */
export interface SearchQuestion {
  /** The API's parameters, with times as instants. */
  readonly parameters: Parameters;
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Makes a search a question: relative times count from now, and times without a zone are in the page's. */
export function questionOf(search: Search, { now, zone }: ScreenQuestion): SearchQuestion {
  const notUnderstood: NotUnderstood[] = [];
  const filters = Object.fromEntries(FILTERS.map((name) => [name, search[name]]));
  for (const name of FILTERS) {
    const { schema, expected } = connectionsParameters[name];
    for (const value of search[name]) {
      if (!schema.safeParse(value).success) notUnderstood.push({ word: `${name}:${value}`, expected });
    }
  }
  const times: Record<string, string> = {};
  for (const name of TIMES) {
    const written = search[name];
    if (written === undefined) continue;
    const read =
      name === 'at' && written === 'now' ? { instant: 'now' } : readTime(written, name, { now: new Date(now), zone });
    if ('instant' in read) times[name] = read.instant;
    else notUnderstood.push({ word: `${name}:${written}`, expected: read.expected });
  }
  const { since, until } = times;
  if (since !== undefined && until !== undefined && since > until) {
    notUnderstood.push({ word: `until:${search.until}`, expected: `a time that is not before since: (${since})` });
  }
  const { schema, expected } = connectionsParameters.match;
  if (search.match !== undefined && !schema.safeParse(search.match).success) {
    notUnderstood.push({ word: `match:${search.match}`, expected });
  }
  return { parameters: { ...filters, ...times, match: search.match }, notUnderstood };
}

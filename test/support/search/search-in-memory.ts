import { search } from '../../../lambda/query/search/search.ts';
import { isUnlisted } from '../../../lambda/trail/connection.ts';
import { isOdd } from '../../../lambda/trail/misdated.ts';
import type { AskedSearch, Row } from './expected-answer.ts';
import { indexInMemory } from './index-in-memory.ts';
import type { History } from './random-history.ts';
import { NO_FILTERS, stateOf } from './search-input.ts';

/** More pages than any question of the tests has. */
const MOST_PAGES = 200;

/**
 * Walks all pages of a search over a history in memory.
 *
 * @param limit rows a page
 * @param mostRows where a read stops
 * @returns the rows of each page
 */
export async function searchInMemory(
  history: History,
  asked: AskedSearch,
  limit: number,
  mostRows = 1000,
): Promise<Row[][]> {
  const index = indexInMemory(history.connections, mostRows);
  const states = history.recorded
    .filter(({ endpointId }) => asked.endpoint?.includes(endpointId) ?? true)
    .map((recorded) => {
      const ofEndpoint = history.connections.filter(({ endpointId }) => endpointId === recorded.endpointId);
      const noneOdd = ofEndpoint.some(isOdd) ? undefined : true;
      const unlisted = ofEndpoint.some(isUnlisted) ? [{ entry: 0, slot: recorded.first }] : [];
      return stateOf(recorded.endpointId, { ...recorded, noneOdd, unlisted });
    });
  const { since = asked.at, until = asked.at, match = 'overlap' } = asked;
  const question = { window: { since, until, match }, states, epsilonSeconds: 120, limit };
  const pages: Row[][] = [];
  let before: string | undefined;
  do {
    if (pages.length > MOST_PAGES) throw new Error('the pages go on for ever');
    const page = await search(index as never, { ...question, filters: { ...NO_FILTERS, ...asked }, before });
    pages.push(page.matches.map(({ connection: { connectionId }, possible }) => ({ connectionId, possible })));
    before = page.before;
  } while (before !== undefined);
  return pages;
}

import type { ConnectionsAnswer } from '../../../lambda/query/schemas/connection.ts';
import type { AskedTrail } from '../command/asked-trail.ts';
import type { Row } from './expected-answer.ts';

/** More pages than any question of the tests has. */
const MOST_PAGES = 300;

/**
 * Walks all pages of an answer.
 *
 * @param between what happens after a page, before the next is asked for
 */
export async function walkAllPages(
  trail: AskedTrail,
  question: URLSearchParams,
  between: (page: number) => Promise<void> = async () => {},
): Promise<ConnectionsAnswer[]> {
  const pages: ConnectionsAnswer[] = [];
  let cursor: string | undefined;
  do {
    const asked = new URLSearchParams(question);
    if (cursor !== undefined) asked.set('cursor', cursor);
    const { status, body } = await trail.ask<ConnectionsAnswer>(`/connections?${asked.toString()}`);
    if (status !== 200) throw new Error(`${asked.toString()} was answered with ${status}: ${JSON.stringify(body)}`);
    pages.push(body);
    cursor = body.cursor;
    if (pages.length > MOST_PAGES) throw new Error(`${question.toString()} goes on for ever`);
    if (cursor !== undefined) await between(pages.length);
  } while (cursor !== undefined);
  return pages;
}

/** All pages of an answer; `ask` is given what follows its question, empty for the first. */
export async function allPages<Page extends { readonly cursor?: string | undefined }>(
  ask: (more: string) => Promise<Page>,
): Promise<Page[]> {
  const pages = [await ask('')];
  for (let cursor = pages[0]?.cursor; cursor !== undefined; cursor = pages.at(-1)?.cursor) {
    if (pages.length > MOST_PAGES) throw new Error('the pages go on for ever');
    pages.push(await ask(`&cursor=${cursor}`));
  }
  return pages;
}

/** The rows of all pages: which connections, and whether each is certain. */
export function rowsOf(pages: readonly ConnectionsAnswer[]): Row[] {
  return pages
    .flatMap(({ connections }) => connections)
    .map(({ connectionId, possible }) => ({ connectionId, possible: possible === true }));
}

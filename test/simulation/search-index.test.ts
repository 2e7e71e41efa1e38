import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everythingIn, expectedRows } from '../support/search/expected-answer.ts';
import { histories } from '../support/search/random-history.ts';
import { askedAbout } from '../support/search/random-question.ts';
import { searchInMemory } from '../support/search/search-in-memory.ts';

/** As few rows a read as DynamoDB may give where they are large. */
const reads = fc.constantFrom(1, 2, 3, 8, 1000);

describe('a search, whatever was recorded, whatever is asked and wherever reads stop', () => {
  it('finds what looking at every connection finds, on full pages', async () => {
    await fc.assert(
      fc.asyncProperty(histories, askedAbout, reads, async (history, questionsAbout, mostRows) => {
        for (const { asked, limit } of questionsAbout(history)) {
          const pages = await searchInMemory(history, asked, limit, mostRows);
          const expected = expectedRows(everythingIn(history), asked);
          expect(pages.flat(), `asked ${JSON.stringify(asked)}`).toEqual(expected);
          expect(pages.slice(0, -1).filter((page) => page.length !== limit)).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });
});

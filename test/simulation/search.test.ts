import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { ProjectedTrail } from '../support/recording/projected-trail.ts';
import { everythingIn, expectedRows } from '../support/search/expected-answer.ts';
import { histories } from '../support/search/random-history.ts';
import { askedAbout, parametersOf } from '../support/search/random-question.ts';
import { rowsOf, walkAllPages } from '../support/search/walked-pages.ts';

const store = await ProjectedTrail.start();
store.trail.now = new Date('2026-11-08T12:00:00Z');
const trail = await AskedTrail.over(store.trail);
afterAll(() => store.close());

describe('an answer, whatever was recorded and whatever is asked', () => {
  it('is what looking at every connection gives, in the same order, on pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(histories, askedAbout, async (history, questionsAbout) => {
        await store.clear();
        await store.write(history.connections);
        for (const recorded of history.recorded) await store.record(recorded);
        for (const { asked, limit } of questionsAbout(history)) {
          const question = parametersOf(asked, limit);
          const pages = await walkAllPages(trail, question);
          expect(rowsOf(pages), `asked ${question.toString()}`).toEqual(expectedRows(everythingIn(history), asked));
          // Nothing here is so large that a page may end before it is full.
          expect(pages.slice(0, -1).every(({ connections }) => connections.length === limit)).toBe(true);
        }
      }),
      { numRuns: 12, interruptAfterTimeLimit: 40_000 },
    );
    expect(trail.errors).toEqual([]);
  });
});

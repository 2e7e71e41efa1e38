import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { OF_BETA, ProjectedTrail } from '../support/recording/projected-trail.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { type AskedSearch, everythingIn, expectedRows } from '../support/search/expected-answer.ts';
import { histories } from '../support/search/random-history.ts';
import { askedAbout, parametersOf } from '../support/search/random-question.ts';
import { rowsOf, walkAllPages } from '../support/search/walked-pages.ts';

const store = await ProjectedTrail.start();
store.trail.now = new Date('2026-11-08T12:00:00Z');
const trail = await AskedTrail.over(store.trail);
afterAll(() => store.close());

const { accountId, region } = OF_BETA;
/** Accounts and Regions of a question, and the endpoints that it then asks. */
const OWNERS: readonly (readonly [owners: string, endpoints: readonly string[]])[] = [
  ['', [ALPHA, BETA]],
  ['&account=123456789012', [ALPHA]],
  [`&account=${accountId}`, [BETA]],
  [`&account=${accountId}&account=123456789012`, [ALPHA, BETA]],
  ['&region=eu-central-1', [ALPHA]],
  [`&account=${accountId}&region=${region}`, [BETA]],
];

const owners = fc.array(fc.constantFrom(...OWNERS), { minLength: 6, maxLength: 6 });

/** Not where the endpoints that are named have other owners: that is refused. */
function withOwners({ endpoint = [ALPHA, BETA] }: AskedSearch, [words, owned] = OWNERS[0] ?? ['', []]) {
  const both = endpoint.filter((one) => owned.includes(one));
  return both.length === 0 || (words.match(/account/g) ?? []).length > both.length
    ? { words: '', endpoint }
    : { words, endpoint: both };
}

describe('an answer, whatever was recorded and whatever is asked', () => {
  it('is what looking at every connection gives, in the same order, on pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(histories, askedAbout, owners, async (history, questionsAbout, ownersOf) => {
        await store.clear();
        await store.write(history.connections);
        for (const recorded of history.recorded) await store.record(recorded);
        for (const [index, { asked, limit }] of questionsAbout(history).entries()) {
          const { words, endpoint } = withOwners(asked, ownersOf[index]);
          const question = new URLSearchParams(`${parametersOf(asked, limit).toString()}${words}`);
          const pages = await walkAllPages(trail, question);
          const expected = expectedRows(everythingIn(history), { ...asked, endpoint });
          expect(rowsOf(pages), `asked ${question.toString()}`).toEqual(expected);
          // Nothing here is so large that a page may end before it is full.
          expect(pages.slice(0, -1).every(({ connections }) => connections.length === limit)).toBe(true);
        }
      }),
      { numRuns: 12, interruptAfterTimeLimit: 40_000 },
    );
    expect(trail.errors).toEqual([]);
  });
});

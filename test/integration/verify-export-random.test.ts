import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import { Chances, liveRandomly, randomWords } from '../support/exports/exported-random.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { RecordedTrail } from '../support/recording/recorded-trail.ts';

it('an export that nobody has touched is never accused, whatever AWS listed and whatever was asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const trail = await RecordedTrail.start();
      const chances = new Chances(seed);
      const begin = trail.now;
      await liveRandomly(trail, chances, 32);
      const exported = await ExportedTrail.over(trail, { isStill: true });
      try {
        for (let round = 0; round < 4; round += 1) {
          const words = randomWords(chances, begin, trail.now);
          const { said } = await exported.export('x', `${words} --evidence`);
          expect(`${words}: ${said}`).toContain('that prove it.');
          const { faults, counts } = await ProvenExport.copy(exported, 'x').verdict();
          expect([words, faults, counts.rows]).toEqual([words, [], counts.recomputed]);
          exported.clear();
        }
      } finally {
        await exported.close();
      }
    }),
    // Each run lives hours and exports four times; FAST_CHECK_SEED gives another one.
    { numRuns: 1, endOnFailure: true },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toInstant } from '../../lambda/trail/time.ts';
import { BEGIN, events, live, MINUTE, truths } from '../support/recording/eventful-history.ts';
import { ALPHA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';

describe('eventful days', () => {
  it('lose no connection but in a gap that is noted, and know each end or its bounds', async () => {
    await fc.assert(
      fc.asyncProperty(truths, events, async (all, happenings) => {
        const trail = await RecordedTrail.start();
        trail.now = new Date(BEGIN);
        try {
          for (const event of [{ kind: 'well' } as const, ...happenings, { kind: 'well' } as const])
            await live(trail, all, event);
          await expectSound(trail);
          const gaps = await trail.items(`${ALPHA}#gaps`);
          const end = trail.now.getTime();
          for (const { id, from, to, lag } of all) {
            const [began, ended] = [BEGIN + from * MINUTE, BEGIN + to * MINUTE];
            // AWS had forgotten it before the first snapshot, or has not listed it by the last.
            if (ended + 60 * MINUTE <= BEGIN || began + lag * 1000 > end) continue;
            const connection = await trail.connection(id);
            if (!connection) {
              const inside = gaps.some(
                ({ slot, end }) => Date.parse(slot) <= began && ended <= Date.parse(String(end)),
              );
              expect(inside, `${id} is lost, and no gap says so`).toBe(true);
            } else if (connection.end?.kind === 'inferred') {
              const [earliest, latest] = connection.end.between;
              expect(toInstant(ended) >= earliest && toInstant(ended) <= latest, `${id} ended outside its bounds`).toBe(
                true,
              );
            } else if (connection.endedAt) {
              expect(connection.endedAt).toBe(toInstant(ended));
            } else if (!connection.unlistedSince) {
              expect(ended + lag * 1000, `${id} is open in the trail`).toBeGreaterThan(end);
            }
          }
        } finally {
          await trail.close();
        }
      }),
      { numRuns: 1 },
    );
  });
});

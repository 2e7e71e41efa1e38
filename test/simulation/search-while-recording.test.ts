import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../lambda/trail/connection.ts';
import { addSeconds, type Instant, secondsBetween } from '../../lambda/trail/time.ts';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { ProjectedTrail } from '../support/recording/projected-trail.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { type AskedSearch, everythingIn, expectedRows } from '../support/search/expected-answer.ts';
import { type History, histories } from '../support/search/random-history.ts';
import { parametersOf } from '../support/search/random-question.ts';
import { rowsOf, walkAllPages } from '../support/search/walked-pages.ts';

const DAY = 86_400;
const store = await ProjectedTrail.start();
store.trail.now = new Date('2026-11-20T12:00:00Z');
const trail = await AskedTrail.over(store.trail);
afterAll(() => store.close());

/** What the recorder does between two pages: time passes, some connections end, and new ones come. */
const steps = fc.array(
  fc.record({
    passes: fc.constantFrom(300, 3600, DAY / 2, DAY, 2 * DAY),
    ends: fc.nat(4),
    comes: fc.nat(3),
    lasted: fc.constantFrom(0, 1, 300, DAY / 2, DAY, 3 * DAY),
  }),
  { minLength: 3, maxLength: 8 },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

/** The history after a step: what the projection of one more snapshot of each endpoint makes of it. */
function afterStep({ connections, recorded }: History, step: Step, number: number): History {
  const next = recorded.map((one) => {
    const projected = addSeconds(one.newest, step.passes);
    return { ...one, projected, newest: projected };
  });
  const projectedOf = (endpointId: string) => next.find((one) => one.endpointId === endpointId)?.projected ?? '';
  let ending = step.ends;
  const lived = connections.map((connection) => {
    if (connection.end || connection.unlistedSince) return connection;
    const projected = projectedOf(connection.endpointId);
    return ending-- > 0 ? ended(connection, projected) : aged(connection, projected);
  });
  const came = Array.from({ length: step.comes }, (_, index): Connection => {
    const establishedAt = addSeconds(projectedOf(ALPHA), -step.lasted);
    const connectionId = `cvpn-connection-new-${number}-${index}`;
    return aged({ ...NEW, connectionId, establishedAt, firstSeenAt: projectedOf(ALPHA) }, projectedOf(ALPHA));
  });
  return { connections: [...lived, ...came], recorded: next };
}

const NEW = {
  endpointId: ALPHA,
  accountId: '123456789012',
  region: 'eu-central-1',
  status: 'active',
  commonName: 'bob',
  firstSlot: '2026-11-08T00:00:00Z',
  lastEntry: 0,
};

function aged(connection: Connection, projected: Instant): Connection {
  const isLong = secondsBetween(connection.establishedAt, projected) >= DAY;
  return isLong ? { ...connection, long: true } : connection;
}

function ended(connection: Connection, projected: Instant): Connection {
  const { long: _, establishedAtIsFirstSight: __, ...rest } = connection;
  const lastSeen = { lastSeenAt: projected, lastSlot: projected };
  const end = { status: 'terminated', endedAt: addSeconds(projected, -1), end: { kind: 'reported' as const } };
  return aged({ ...rest, ...lastSeen, ...end }, addSeconds(projected, -1));
}

const questions = fc.constantFrom<AskedSearch>(
  {},
  { user: ['bob'] },
  { endpoint: [ALPHA] },
  { since: '2026-11-03T00:00:00Z' },
  { since: '2026-11-06T12:00:00Z', user: ['bob', 'alice.example.com'] },
  { until: '2026-11-06T12:00:00Z' },
  { status: ['active'] },
  { at: '2026-11-06T12:00:00Z' },
  { since: '2026-10-28T00:00:00Z', until: '2026-11-09T00:00:00Z' },
);

describe('pages that are asked for while the recorder writes', () => {
  it('leave out nothing that matches throughout, say nothing twice, and nothing that never matched', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        steps,
        questions,
        fc.integer({ min: 1, max: 4 }),
        async (first, all, asked, limit) => {
          await store.clear();
          await store.write(first.connections);
          for (const recorded of first.recorded) await store.record(recorded);
          const states = [first];
          const pages = await walkAllPages(trail, parametersOf(asked, limit), async (page) => {
            const step = all[page - 1];
            if (!step) return;
            const before = states.at(-1) ?? first;
            const after = afterStep(before, step, page);
            await store.write(after.connections.filter((connection) => !before.connections.includes(connection)));
            for (const { endpointId, projected } of after.recorded) await store.recordNext(endpointId, projected);
            states.push(after);
          });
          const found = rowsOf(pages).map(({ connectionId }) => connectionId);
          const expected = states.map((state) =>
            expectedRows(everythingIn(state), asked).map((row) => row.connectionId),
          );
          expect(new Set(found).size, 'nothing twice').toBe(found.length);
          const throughout = (expected[0] ?? []).filter((id) => expected.every((ids) => ids.includes(id)));
          expect(
            throughout.filter((id) => !found.includes(id)),
            'nothing left out',
          ).toEqual([]);
          expect(
            found.filter((id) => !expected.some((ids) => ids.includes(id))),
            'nothing else',
          ).toEqual([]);
        },
      ),
      { numRuns: 5, interruptAfterTimeLimit: 40_000 },
    );
    expect(trail.errors).toEqual([]);
  });
});

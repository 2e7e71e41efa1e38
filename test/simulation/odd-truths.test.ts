import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCESSES, CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { startEngineTrail } from '../support/odd-truths/engine-trail.ts';
import { HAND_MADE } from '../support/odd-truths/hand-made.ts';
import { JudgedWorld, judgeWorld } from '../support/odd-truths/judged-world.ts';
import { LivedWorld } from '../support/odd-truths/lived-world.ts';
import { worlds } from '../support/odd-truths/random-worlds.ts';
import { makeTable } from '../support/servers/embedded-dynamodb.ts';

describe('one strange answer, clock or row', () => {
  it.each(HAND_MADE)('makes no answer wrong, and no export accused: $name', async (world) => {
    expect((await judgeWorld(world)).faults).toEqual([]);
  });
});

// A campaign lives thousands of them: `npm run bench -- worlds --minutes 60`.
describe('strange answers, clocks and rows as they come in life', () => {
  it('make no answer wrong, and no export accused', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        expect((await judgeWorld(world)).faults).toEqual([]);
      }),
      { numRuns: 3 },
    );
  });

  it('make none wrong over a real engine and HTTP either', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { trail, start } = await startEngineTrail();
        const { CONNECTIONS_TABLE } = trail.options;
        await makeTable(trail.tables.client, `${CONNECTIONS_TABLE}-Accesses`, ACCESSES);
        await makeTable(trail.tables.client, `${CONNECTIONS_TABLE}-again`, CONNECTIONS);
        const { faults } = await new JudgedWorld(new LivedWorld(world, start)).run();
        await trail.close();
        expect(faults).toEqual([]);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });
});

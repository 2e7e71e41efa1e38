import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { rebuild } from '../../lambda/recorder/rebuild.ts';
import { addSeconds, toInstant } from '../../lambda/trail/time.ts';
import { BEGIN, events, live, truths } from '../support/recording/eventful-history.ts';
import { ALPHA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { makeTable } from '../support/servers/embedded-dynamodb.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';
import { richStory, storeRichly } from '../support/tampering/tampered-story.ts';

describe('a trail that nobody has touched', () => {
  it('is never accused, whatever befell the recorder: gaps, refusals, crashes at any call, two at once', async () => {
    await fc.assert(
      fc.asyncProperty(truths, events, fc.integer({ min: 0, max: 400 }), async (all, happenings, minutes) => {
        const trail = await RecordedTrail.start();
        trail.now = new Date(BEGIN);
        try {
          for (const event of [{ kind: 'well' } as const, ...happenings]) await live(trail, all, event);
          expect(await accusations(trail)).toEqual([]);
          const bound = addSeconds(toInstant(BEGIN), minutes * 60);
          expect(await accusations(trail, { since: bound }), `since ${bound}`).toEqual([]);
          expect(await accusations(trail, { until: bound }), `until ${bound}`).toEqual([]);
          await live(trail, all, { kind: 'well' });
          expect(await accusations(trail)).toEqual([]);
          expect(await accusations(trail, {}, { archiveOnly: true })).toEqual([]);
        } finally {
          await trail.close();
        }
      }),
      { numRuns: 1 },
    );
  });

  it('is not accused in any window', async () => {
    const { whole } = await richStory();
    for (const [entry, { slot }] of (whole.logs.get(ALPHA) ?? []).entries()) {
      const until = addSeconds(slot, 1200);
      const window = [{ since: slot }, { until: slot }, { since: slot, until }][entry % 3] ?? {};
      expect([window, (await whole.faults(window)).faults]).toEqual([window, []]);
    }
    expect((await whole.faults({ endpoints: [ALPHA] })).faults).toEqual([]);
  });

  it('is not accused before or after its projection is made again', async () => {
    const trail = await storeRichly();
    const connectionsTable = `${trail.options.CONNECTIONS_TABLE}-again`;
    await makeTable(trail.tables.client, connectionsTable, CONNECTIONS);
    expect(await accusations(trail, {}, { connectionsTable }), 'in a new table').toEqual([]);
    const { SNAPSHOTS_TABLE: snapshotsTable } = trail.options;
    await rebuild({ documents: trail.tables.documents, now: () => trail.now }, { snapshotsTable, connectionsTable });
    expect(await accusations(trail, {}, { connectionsTable })).toEqual([]);
    await trail.close();
  });

  it('is not accused where the archive was down for a while', async () => {
    const trail = await RecordedTrail.start();
    await trail.recordTimes(2);
    const up = trail.archive.putOnce.bind(trail.archive);
    trail.archive.putOnce = () => Promise.reject(new Error('down'));
    await trail.recordTimes(1);
    expect(await accusations(trail), 'one entry').toEqual([]);
    await trail.recordTimes(3);
    expect(await accusations(trail), 'some entries').toEqual([]);
    trail.archive.putOnce = up;
    await trail.recordTimes(1);
    expect(await accusations(trail)).toEqual([]);
    await trail.close();
  });

  it('is not accused where nothing is recorded, or nothing was ever archived', async () => {
    const trail = await RecordedTrail.start();
    expect(await accusations(trail)).toEqual([]);
    trail.archive.putOnce = () => Promise.reject(new Error('down'));
    await trail.record();
    expect((await accusations(trail)).map(({ kind }) => kind)).toEqual(['key-missing']);
    await trail.close();
  });
});

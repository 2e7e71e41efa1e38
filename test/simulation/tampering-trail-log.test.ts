import { beforeEach, describe, expect, it } from 'vitest';
import { originOf } from '../../lambda/trail/checkpoint.ts';
import type { TrailEntry } from '../../lambda/trail/trail-log.ts';
import { readKeptCheckpoints } from '../../verification/log/kept-checkpoints.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { STRANGER, tampering } from '../support/tampering/tampered-case.ts';
import { richStory, type Story } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';
import { TamperedTrailLog } from '../support/tampering/tampered-trail-log.ts';
import { cutArchive, removeArchived, removeLog, restoreStore } from '../support/tampering/tampered-whole.ts';

const K = 9;
/** All that there is of an endpoint, connections too. */
function removeEndpoint(trail: TamperedTrail, endpointId: string): void {
  removeLog(trail, endpointId);
  removeArchived(trail, endpointId);
  for (const [key, item] of trail.connections) {
    if (item.endpointId === endpointId || key.endsWith(endpointId)) trail.connections.delete(key);
  }
}

/** The trail's log stays as it is, whatever is done to the rest. */
function keepingTrailLog(trail: TamperedTrail, tamper: () => void): void {
  const items = [...trail.snapshots].filter(([, { endpointId }]) => endpointId === '#trail');
  const objects = [...trail.archive.objects].filter(([key]) => key.includes('/trail-'));
  tamper();
  for (const [key, item] of items) trail.snapshots.set(key, item);
  for (const [key, bytes] of objects) trail.write(key, bytes);
}

const without =
  (endpointId: string, from = 0) =>
  (entry: TrailEntry): TrailEntry =>
    entry.entry < from ? entry : { ...entry, logs: entry.logs.filter(({ origin }) => origin !== originOf(endpointId)) };

describe('of the logs that the trail’s checkpoint names', () => {
  tampering('an endpoint that is gone from store and archive alike', ['store log-removed beta'], (trail) =>
    removeEndpoint(trail, BETA),
  );
  tampering(
    'all logs, put back to an older copy in store and archive alike',
    ['store log-rolled-back alpha[20]@nowhere', 'store log-rolled-back beta[20]@nowhere'],
    (trail, earlier) =>
      keepingTrailLog(trail, () => {
        restoreStore(trail, earlier);
        cutArchive(trail, earlier);
      }),
  );
  tampering('one whose root was another', ['store log-rewritten alpha[24]'], (trail) =>
    new TamperedTrailLog(trail).rewrite((entry) => {
      const root = Buffer.alloc(32, 7).toString('base64');
      const logs = entry.logs.map((log) =>
        log.origin === originOf(ALPHA) && log.size === trail.lengthOf(ALPHA) ? { ...log, root } : log,
      );
      return { ...entry, logs };
    }),
  );
  tampering('one that it never names', ['store log-unnamed beta[0]'], (trail) =>
    new TamperedTrailLog(trail).rewrite(without(BETA)),
  );
  tampering(
    'one that it names no more',
    ['archive manifest-contradicted trail[9] cvpn-endpoint-0bbbbbbbbbbbbbbbb', 'store log-unnamed beta[9]'],
    (trail) => new TamperedTrailLog(trail).rewrite(without(BETA, K)),
  );
});

describe('of the trail’s own log', () => {
  const of = (tamper: (log: TamperedTrailLog, trail: TamperedTrail) => unknown) => (trail: TamperedTrail) =>
    tamper(new TamperedTrailLog(trail), trail);

  tampering(
    'an entry in the store',
    ['store manifest-changed trail[9]'],
    of((log, trail) => trail.change(log.key(K), { entry: '{}' })),
  );
  tampering(
    'an entry in the store that is to expire',
    ['store attribute-added trail[9] expiresAt'],
    of((log, trail) => trail.change(log.key(K), { expiresAt: 1 })),
  );
  tampering(
    'the nodes beside an entry',
    ['store tree-changed trail[9] nodes'],
    of((log, trail) => trail.change(log.key(K), { nodes: Buffer.alloc(32) })),
  );
  tampering(
    'an entry in the archive',
    ['archive manifest-changed trail[9]'],
    of((log, trail) => trail.write(log.object(K), '{}')),
  );
  tampering(
    'an entry in both',
    ['archive log-rewritten trail[9]'],
    of((log, trail) => {
      trail.change(log.key(K), { entry: '{}' });
      trail.write(log.object(K), '{}');
    }),
  );
  tampering(
    'an entry that was removed from the store',
    ['store manifest-removed trail[9]'],
    of((log, trail) => trail.remove(log.key(K))),
  );
  tampering(
    'an entry that was removed from the archive',
    ['archive manifest-removed trail[9]'],
    of((log, trail) => trail.erase(log.object(K))),
  );
  tampering(
    'a checkpoint that was removed',
    ['archive checkpoint-removed trail[9]'],
    of((log, trail) => trail.erase(log.checkpointObject(K))),
  );
  tampering(
    'a checkpoint that another key has signed',
    ['archive checkpoint-of-another-key trail[9]'],
    of(async (log, trail) => {
      const [range] = [trail.rangeOf(ALPHA, K + 1)];
      trail.write(log.checkpointObject(K), await trail.sign(log.name, range, STRANGER));
    }),
  );
  tampering(
    'the store’s newest checkpoint, removed',
    ['store checkpoint-removed trail'],
    of((log, trail) => trail.remove(log.markKey)),
  );
  tampering(
    'the store’s newest checkpoint with other hashes',
    ['store checkpoint-changed trail hashes'],
    of((log, trail) => trail.change(log.markKey, { hashes: Buffer.alloc(32) })),
  );
  tampering(
    'all of it in the store',
    ['store log-removed trail'],
    of((log) => log.removeStored()),
  );
  tampering(
    'an item that is no entry',
    ['store manifest-added trail@x'],
    of((_, trail) => trail.snapshots.set('#trail x', { endpointId: '#trail', slot: 'x' })),
  );
});

describe('what only a kept checkpoint tells', () => {
  let story: Story;
  let trail: TamperedTrail;
  beforeEach(async () => {
    story = await richStory();
    trail = story.whole.copy();
  });

  const kept = (entry: number) => {
    const log = new TamperedTrailLog(story.whole);
    return readKeptCheckpoints(story.whole.archive.text(log.checkpointObject(entry)), 'kept.txt');
  };

  it('an older state of everything, put back everywhere, is found by who kept one line', async () => {
    restoreStore(trail, story.earlier);
    cutArchive(trail, story.earlier);
    expect((await trail.faults()).faults).toEqual([]);
    expect((await trail.faults({ kept: kept(24) })).faults).toEqual(['store log-rolled-back trail[24]']);
    expect((await trail.faults({ kept: kept(24), endpoints: [ALPHA] })).faults).toEqual([
      'store log-rolled-back trail[24]',
    ]);
    expect((await trail.faults({ kept: kept(K) })).faults).toEqual([]);
  });

  it('so is a trail whose own log was removed, with an endpoint that it names', async () => {
    removeEndpoint(trail, BETA);
    const log = new TamperedTrailLog(trail);
    log.removeStored();
    log.removeArchived();
    expect((await trail.faults()).faults).toEqual([]);
    expect((await trail.faults({ kept: kept(K) })).faults).toEqual(['store log-removed trail[9]']);
  });

  it('a trail without its own log, as early versions recorded it, is not accused, and it is noted', async () => {
    const log = new TamperedTrailLog(trail);
    log.removeStored();
    log.removeArchived();
    expect(await trail.faults()).toEqual({ faults: [], notes: [expect.stringContaining('No trail checkpoint')] });
  });

  it('a trail’s log that is behind, as recordings leave it that were cut off, is noted', async () => {
    const log = new TamperedTrailLog(trail);
    const last = log.entries.length - 1;
    await log.rewrite((entry) => (entry.entry < last ? entry : undefined));
    expect(await trail.faults()).toEqual({
      faults: [],
      notes: [ALPHA, BETA].map(
        (id) => `${id}: 1 entry is signed and in no trail checkpoint yet; the next recording does it.`,
      ),
    });
  });
});

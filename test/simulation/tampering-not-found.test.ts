import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { toHeadItem } from '../../lambda/dynamodb/snapshot-items.ts';
import { chunkKey, descriptionKey, failuresOf, headKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { keyObject } from '../../lambda/trail/archive.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { nextHead } from '../../lambda/trail/log.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { readKeptCheckpoints } from '../../verification/log/kept-checkpoints.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { pinned, STRANGER } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { GAMMA, ID } from '../support/tampering/tampered-names.ts';
import { LATER, richStory, type Story } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';
import { TamperedTrailLog } from '../support/tampering/tampered-trail-log.ts';
import { cutArchive, removeArchived, removeLog, restoreStore } from '../support/tampering/tampered-whole.ts';

const K = 9;
let story: Story;
let trail: TamperedTrail;
beforeEach(async () => {
  story = await richStory();
  trail = story.whole.copy();
});

/** What is documented as not proven, or harms nobody: asserted, so that it is a decision. */
const NOT_FOUND: Readonly<Record<string, () => void | Promise<void>>> = {
  'what AWS said of an endpoint, changed': () => trail.change(itemKey(descriptionKey(ALPHA)), { description: '{}' }),
  'failure notes, removed': () => {
    for (const [key, { endpointId }] of trail.snapshots) {
      if (endpointId === failuresOf(ALPHA)) trail.snapshots.delete(key);
    }
  },
  'an orphaned chunk in the store': () => {
    const key = chunkKey(ALPHA, 'a'.repeat(64));
    trail.snapshots.set(itemKey(key), { ...key, rows: gzipSync('x') });
  },
  'a chunk compressed in another way': () => {
    const key = trail.chunkKey(ALPHA, K);
    const lines = gunzipSync(trail.snapshots.get(key)?.rows as Uint8Array);
    trail.change(key, { rows: gzipSync(lines, { level: 1 }) });
  },
  'the nodes beside a manifest, removed: they are computed from the leaves': () =>
    trail.change(trail.manifestKey(ALPHA, K), { nodes: undefined }),
  'the newest checkpoint, set back by one: as an interrupted recorder leaves it': async () => {
    const range = trail.rangeOf(ALPHA, trail.lengthOf(ALPHA) - 1);
    trail.change(trail.checkpointKey(ALPHA), {
      note: await trail.sign(ALPHA, range),
      size: range.size,
      hashes: Buffer.concat(range.hashes),
      lastSlot: trail.manifest(ALPHA, -2).slot,
    });
  },
};

describe('what is not proven, or harms nobody', () => {
  it.each(Object.entries(NOT_FOUND))('%s: is not accused', async (_what, tamper) => {
    await tamper();
    expect(await trail.faults()).toEqual({ faults: [], notes: [] });
  });

  it('a projection set back as a whole looks like one that lags, is noted, and is mended by the next recording', async () => {
    trail.evidence.connections = new Map(story.earlier.connections);
    const { faults, notes } = await trail.faults();
    expect(faults).toEqual([]);
    expect(notes).toEqual(
      [ALPHA, BETA].map((id) => expect.stringMatching(`${id}: ${LATER} entries are not projected`)),
    );
  });

  it('an entry that was invented before it is signed is noted as not signed yet', async () => {
    const entry = trail.lengthOf(ALPHA);
    const last = trail.manifest(ALPHA, -1);
    const { s, f, ownS } = last;
    const before = { previousSlot: last.slot, previousS: s, ...(ownS ? { previousOwnS: ownS } : {}) };
    const invented = { ...last, entry, slot: '2026-11-21T01:35:00Z', ...before, s, f };
    const head = [...(trail.logs.get(ALPHA) ?? []), invented].reduce<Head | undefined>(
      (before, manifest) => nextHead(before, manifest, leafHash(manifestText(manifest))),
      undefined,
    );
    trail.putManifest(invented, trail.rangeOf(ALPHA, entry));
    if (head) trail.snapshots.set(itemKey(headKey(ALPHA)), toHeadItem(head));
    const { faults, notes } = await trail.faults();
    // This one's tree completes nodes, which were not made up with it.
    expect(faults).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/at the end 1 entry is not archived and signed yet/),
      expect.stringMatching(/: 1 entry is not projected yet/),
    ]);
  });

  it('what was cut off everywhere at once leaves no trace: an older state is a true one', async () => {
    restoreStore(trail, story.earlier);
    cutArchive(trail, story.earlier);
    expect((await trail.faults(await pinned(story.whole))).faults).toEqual([]);
  });

  /** The newest checkpoint of a log, kept elsewhere. */
  const kept = (endpointId: string) =>
    readKeptCheckpoints(story.whole.archive.text(story.whole.checkpointObject(endpointId, -1)), 'kept.txt');

  it('but an older state, put back everywhere, is found by who kept a checkpoint', async () => {
    restoreStore(trail, story.earlier);
    cutArchive(trail, story.earlier);
    expect((await trail.faults({ kept: kept(ALPHA) })).faults).toEqual(['store log-rolled-back alpha[24]@nowhere']);
    expect((await trail.faults({ kept: kept(ALPHA) }, 'archive alone')).faults).toEqual([
      'archive log-rolled-back alpha[24]@nowhere',
    ]);
  });

  it('and so is a log that is gone from store and archive alike, with its connections', async () => {
    removeLog(trail, GAMMA);
    removeArchived(trail, GAMMA);
    trail.remove(trail.watermarkKey(GAMMA));
    trail.remove(ID.ida);
    expect((await trail.faults()).faults).toEqual(['store log-removed gamma']);
    // Without the trail's own log, which names it, only what was kept tells.
    const own = new TamperedTrailLog(trail);
    own.removeStored();
    own.removeArchived();
    expect((await trail.faults()).faults).toEqual([]);
    const last = trail.lengthOf(GAMMA) - 1;
    expect((await trail.faults({ kept: kept(GAMMA) })).faults).toEqual([`store log-removed gamma[${last}]@nowhere`]);
  });

  it('and nobody is accused whose logs go on from what was kept, of any size', async () => {
    const all = Array.from({ length: trail.lengthOf(ALPHA) }, (_, entry) =>
      trail.archive.text(trail.checkpointObject(ALPHA, entry)),
    );
    const given = readKeptCheckpoints(all.join('\n'), 'kept.txt');
    expect(given).toHaveLength(trail.lengthOf(ALPHA));
    expect(await trail.faults({ kept: given })).toEqual({ faults: [], notes: [] });
  });

  it('a trail of which everything was signed again by another key is found by who names the key', async () => {
    for (const endpointId of trail.logs.keys()) {
      for (let entry = 0; entry < trail.lengthOf(endpointId); entry++) {
        const range = trail.rangeOf(endpointId, entry + 1);
        const note = await trail.sign(endpointId, range, STRANGER);
        trail.write(trail.checkpointObject(endpointId, entry), note);
        if (range.size < trail.lengthOf(endpointId)) continue;
        trail.change(trail.checkpointKey(endpointId), { note, publicKey: await STRANGER.publicKey() });
      }
    }
    await new TamperedTrailLog(trail).rewrite((entry) => entry, STRANGER);
    const [own] = [...trail.archive.objects.keys()].filter((key) => key.startsWith('keys/'));
    trail.erase(own ?? '');
    const publicKey = await STRANGER.publicKey();
    trail.write(keyObject(publicKey), toPem(publicKey));
    expect((await trail.faults()).faults).toEqual([]);
    expect((await trail.faults(await pinned(story.whole))).faults).toEqual([
      ...['alpha[0]', 'beta[0]', 'gamma[0]', 'trail[0]'].map((entry) => `archive checkpoint-of-another-key ${entry}`),
      'archive key-added',
      ...['alpha', 'beta', 'gamma', 'trail'].map((log) => `store checkpoint-of-another-key ${log} note`),
    ]);
  });
});

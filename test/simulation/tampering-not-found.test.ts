import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHeadItem } from '../../lambda/dynamodb/snapshot-items.ts';
import { chunkKey, descriptionKey, failuresOf, headKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { keyObject } from '../../lambda/trail/archive.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { nextHead } from '../../lambda/trail/log.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { ALPHA, BETA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { pinned, STRANGER, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { inFaultOrder } from '../support/tampering/tampered-findings.ts';
import { GAMMA, LATER, recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

import { cutArchive, restoreStore } from '../support/tampering/tampered-whole.ts';

const K = 9;
let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

/** What is documented as not proven, or harms nobody: asserted, so that it is a decision. */
const NOT_FOUND: Pick<Tampering, 'what' | 'tamper'>[] = [
  {
    what: 'what AWS said of an endpoint, changed',
    tamper: (trail) => trail.change(itemKey(descriptionKey(ALPHA)), { description: '{}' }),
  },
  {
    what: 'failure notes, removed',
    tamper: (trail) => {
      for (const [key, { endpointId }] of trail.snapshots) {
        if (endpointId === failuresOf(ALPHA)) trail.snapshots.delete(key);
      }
    },
  },
  {
    what: 'an orphaned chunk in the store',
    tamper: (trail) => {
      const key = chunkKey(ALPHA, 'a'.repeat(64));
      trail.snapshots.set(itemKey(key), { ...key, rows: gzipSync('x') });
    },
  },
  {
    what: 'a chunk compressed in another way',
    tamper: (trail) => {
      const [key, lines] = [trail.chunkKey(ALPHA, K), recordedLines(trail, K)];
      trail.change(key, { rows: gzipSync(lines, { level: 1 }) });
    },
  },
  {
    what: 'the nodes beside a manifest, removed: they are computed from the leaves',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { nodes: undefined }),
  },
  {
    what: 'the newest checkpoint, set back by one: as an interrupted recorder leaves it',
    tamper: async (trail) => {
      const range = trail.rangeOf(ALPHA, trail.lengthOf(ALPHA) - 1);
      trail.change(trail.checkpointKey(ALPHA), {
        note: await trail.sign(ALPHA, range),
        size: range.size,
        hashes: Buffer.concat(range.hashes),
        lastSlot: trail.manifest(ALPHA, -2).slot,
      });
    },
  },
];

function recordedLines(trail: TamperedTrail, entry: number): string {
  const rows = trail.snapshots.get(trail.chunkKey(ALPHA, entry))?.rows as Uint8Array;
  return gunzipSync(rows).toString();
}

describe('what is not proven, or harms nobody', () => {
  it.each(NOT_FOUND.map((one) => [one.what, one] as const))('%s: is not accused', async (_what, { tamper }) => {
    const trail = whole.copy();
    await tamper(trail, earlier);
    expect(await trail.faults()).toEqual({ faults: [], notes: [] });
  });

  it('a projection set back as a whole looks like one that lags, is noted, and is mended by the next recording', async () => {
    const trail = whole.copy();
    trail.store.connections = new Map(earlier.connections);
    const { faults, notes } = await trail.faults();
    expect(faults).toEqual([]);
    expect(notes).toEqual(
      [ALPHA, BETA].map((id) => expect.stringMatching(`${id}: ${LATER} entries are not projected`)),
    );
  });

  it('an entry that was invented before it is signed is noted as not signed yet', async () => {
    const trail = whole.copy();
    const entry = trail.lengthOf(ALPHA);
    const last = trail.manifest(ALPHA, -1);
    const { s, f } = last;
    const invented = { ...last, entry, slot: '2026-11-21T01:35:00Z', previousSlot: last.slot, previousS: s, s, f };
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
    const trail = whole.copy();
    restoreStore(trail, earlier);
    cutArchive(trail, earlier);
    expect((await trail.faults(await pinned(whole))).faults).toEqual([]);
  });

  it('a trail of which everything was signed again by another key is found by who names the key', async () => {
    const trail = whole.copy();
    for (const endpointId of trail.logs.keys()) {
      for (let entry = 0; entry < trail.lengthOf(endpointId); entry++) {
        const range = trail.rangeOf(endpointId, entry + 1);
        const note = await trail.sign(endpointId, range, STRANGER);
        trail.write(trail.checkpointObject(endpointId, entry), note);
        if (range.size < trail.lengthOf(endpointId)) continue;
        trail.change(trail.checkpointKey(endpointId), { note, publicKey: await STRANGER.publicKey() });
      }
    }
    const [own] = [...trail.archive.objects.keys()].filter((key) => key.startsWith('keys/'));
    trail.erase(own ?? '');
    const publicKey = await STRANGER.publicKey();
    trail.write(keyObject(publicKey), toPem(publicKey));
    expect((await trail.faults()).faults).toEqual([]);
    const { faults } = await trail.faults(await pinned(whole));
    expect(faults).toEqual(
      [
        wrong('key-added', 'archive'),
        ...[ALPHA, BETA, GAMMA].flatMap((endpointId) => [
          wrong('checkpoint-of-another-key', 'store', { endpointId, field: 'note' }),
          wrong('checkpoint-of-another-key', 'archive', trail.at(endpointId, 0)),
        ]),
      ].sort(inFaultOrder),
    );
  });
});

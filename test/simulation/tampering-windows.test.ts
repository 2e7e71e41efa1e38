import { beforeEach, describe, expect, it } from 'vitest';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { ID } from '../support/tampering/tampered-names.ts';
import { richStory, type Story } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const K = 9;
let story: Story;
let trail: TamperedTrail;
beforeEach(async () => {
  story = await richStory();
  trail = story.whole.copy();
});

const from = (entry: number) => ({ since: story.whole.manifest(ALPHA, entry).slot });
const between = (first: number, last: number) => ({ ...from(first), until: story.whole.manifest(ALPHA, last).slot });
const faultsIn = async (window: { since: string; until?: string }) => (await trail.faults(window)).faults;

describe('in a window', () => {
  it('a manifest is found and named, inside of it and outside: the tree is verified in any case', async () => {
    trail.change(trail.manifestKey(ALPHA, K), { manifest: trail.manifestWith(ALPHA, K, { rows: 3 }) });
    for (const window of [between(K, K), between(2, 20), from(K + 3), between(1, 3)])
      expect(await faultsIn(window)).toEqual(['store manifest-changed alpha[9] rows']);
  });

  it('what was removed from the archive is found, inside of it and outside: the archive is listed in any case', async () => {
    trail.erase(trail.manifestObject(ALPHA, K));
    for (const window of [between(K, K), from(K + 3)])
      expect(await faultsIn(window)).toEqual(['archive manifest-removed alpha[9]']);
  });

  it('a chunk is found inside of it', async () => {
    trail.remove(trail.chunkKey(ALPHA, 1, 1));
    expect(await faultsIn(between(1, 4))).toEqual(['store chunk-removed alpha[1] chunk 1']);
    expect(await faultsIn(from(4))).toEqual([]);
  });

  it('what a connection says of its end is found where that is inside of it', async () => {
    trail.change(ID.dora, { egressBytes: 7 });
    trail.change(ID.fred, { endedAt: '2026-11-20T22:10:00Z' });
    // Its own key contradicts it, too.
    const found = ['dora egressBytes', 'fred endedAt', 'fred spanEnd'];
    expect(await faultsIn(between(3, 6))).toEqual(found.map((what) => `store connection-changed alpha ${what}`));
  });

  it('the name and the address of an open connection are found, though nothing of it changes there', async () => {
    trail.change(ID.anna, { commonName: 'mallory', clientIp: '172.31.9.9' });
    // Its own keys contradict it, too.
    const fields = ['clientIp', 'clientIpKey', 'commonName', 'commonNameKey', 'longCommonNameKey'];
    const found = fields.map((field) => `store connection-changed alpha anna ${field}`);
    expect(new Set(await faultsIn(from(20)))).toEqual(new Set(found));
  });

  it('an earlier state that was put back is found where what changed it is inside of it', async () => {
    trail.connections.set(ID.emil, story.earlier.connections.get(ID.emil) ?? {});
    expect(await faultsIn(from(20))).toEqual(['store connection-rolled-back alpha emil lastEntry']);
  });

  it('an invented connection is found where it says that it was first seen inside of it', async () => {
    const connectionId = 'cvpn-connection-99';
    trail.connections.set(connectionId, { ...trail.connections.get(ID.dora), connectionId });
    expect(await faultsIn(between(2, 6))).toEqual([`store connection-added alpha ${connectionId}`]);
  });
});

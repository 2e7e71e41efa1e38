import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { ALPHA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { wrong } from '../support/tampering/tampered-case.ts';
import { ID, recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const K = 9;
let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

const from = (entry: number) => ({ since: whole.manifest(ALPHA, entry).slot });
const between = (first: number, last: number) => ({ ...from(first), until: whole.manifest(ALPHA, last).slot });
const changed = (connectionId: string, field: string) =>
  wrong('connection-changed', 'store', { endpointId: ALPHA, connectionId, field });

describe('in a window', () => {
  it('a manifest is found and named, inside of it and outside: the tree is verified in any case', async () => {
    const trail = whole.copy();
    const manifest = manifestText({ ...trail.manifest(ALPHA, K), rows: 3 });
    trail.change(trail.manifestKey(ALPHA, K), { manifest });
    const found = [wrong('manifest-changed', 'store', { ...trail.at(ALPHA, K), field: 'rows' })];
    for (const window of [between(K, K), between(2, 20), from(K + 3), between(1, 3)]) {
      expect((await trail.faults(window)).faults).toEqual(found);
    }
  });

  it('what was removed from the archive is found, inside of it and outside: the archive is listed in any case', async () => {
    const trail = whole.copy();
    trail.erase(trail.manifestObject(ALPHA, K));
    const found = [wrong('manifest-removed', 'archive', trail.at(ALPHA, K))];
    for (const window of [between(K, K), from(K + 3)]) expect((await trail.faults(window)).faults).toEqual(found);
  });

  it('a chunk is found inside of it', async () => {
    const trail = whole.copy();
    trail.remove(trail.chunkKey(ALPHA, 1, 1));
    const found = [wrong('chunk-removed', 'store', { ...trail.at(ALPHA, 1), field: trail.sha256(ALPHA, 1, 1) })];
    expect((await trail.faults(between(1, 4))).faults).toEqual(found);
    expect((await trail.faults(from(4))).faults).toEqual([]);
  });

  it('what a connection says of its end is found where that is inside of it', async () => {
    const trail = whole.copy();
    trail.change(ID.dora, { egressBytes: 7 });
    trail.change(ID.fred, { endedAt: '2026-11-20T22:10:00Z' });
    // Its own key contradicts it, too.
    const found = [changed(ID.dora, 'egressBytes'), changed(ID.fred, 'endedAt'), changed(ID.fred, 'spanEnd')];
    expect((await trail.faults(between(3, 6))).faults).toEqual(found);
  });

  it('the name and the address of an open connection are found, though nothing of it changes there', async () => {
    const trail = whole.copy();
    trail.change(ID.anna, { commonName: 'mallory', clientIp: '172.31.9.9' });
    const found = [changed(ID.anna, 'clientIp'), changed(ID.anna, 'commonName')];
    const { faults } = await trail.faults(from(20));
    // Its own keys contradict it, too.
    expect(faults).toEqual(expect.arrayContaining(found));
    const fields = ['clientIp', 'clientIpKey', 'commonName', 'commonNameKey', 'longCommonNameKey'];
    expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(fields));
  });

  it('an earlier state that was put back is found where what changed it is inside of it', async () => {
    const trail = whole.copy();
    trail.connections.set(ID.emil, earlier.connections.get(ID.emil) ?? {});
    expect((await trail.faults(from(20))).faults).toEqual([
      wrong('connection-rolled-back', 'store', { endpointId: ALPHA, connectionId: ID.emil, field: 'lastEntry' }),
    ]);
  });

  it('an invented connection is found where it says that it was first seen inside of it', async () => {
    const trail = whole.copy();
    trail.connections.set('cvpn-connection-99', {
      ...trail.connections.get(ID.dora),
      connectionId: 'cvpn-connection-99',
    });
    expect((await trail.faults(between(2, 6))).faults).toEqual([
      wrong('connection-added', 'store', { endpointId: ALPHA, connectionId: 'cvpn-connection-99' }),
    ]);
  });
});

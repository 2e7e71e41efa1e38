import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appendClosing, appendSnapshot, type EntryContext } from '../../lambda/recorder/append.ts';
import type { Capture } from '../../lambda/recorder/capture.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { nextHead } from '../../lambda/trail/log.ts';
import type { SnapshotLog } from '../../lambda/trail/ports.ts';
import { EMPTY_RANGE, leafHash } from '../../lambda/trail/proof.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';

const context: EntryContext = {
  accountId: '123456789012',
  region: 'eu-central-1',
  endpointId: 'cvpn-endpoint-0a',
  slot: '2026-11-20T09:00:00Z',
  epsilonSeconds: 120,
  intervalMinutes: 5,
};
/** The last snapshot held rows without an id; the last proof was ten minutes before it. */
const head: Head = {
  endpointId: context.endpointId,
  accountId: context.accountId,
  region: context.region,
  entry: 7,
  slot: '2026-11-20T08:00:00Z',
  s: '2026-11-20T08:00:00Z',
  f: '2026-11-20T08:00:10Z',
  coveredFromS: '2026-11-20T07:50:00Z',
  firstSeenAt: '2026-11-01T00:00:00Z',
  state: 'open',
  range: EMPTY_RANGE,
};
const capture: Capture = {
  rows: [],
  connections: 0,
  unidentified: 0,
  s: context.slot,
  f: context.slot,
  ownS: context.slot,
  ownF: context.slot,
  backwardsSeconds: 0,
  pages: 1,
  requestIds: [],
};
const log = {
  commit: async () => true,
  readFailures: async () => [],
  readManifest: async () => undefined,
} as unknown as SnapshotLog;

describe('a snapshot with rows that have no id', () => {
  it('ends no gap: the next proof does, and the gap begins at the last one', async () => {
    expect((await appendSnapshot(log, context, head, { ...capture, unidentified: 1 }))?.gap).toBeUndefined();
    expect((await appendSnapshot(log, context, head, capture))?.gap).toEqual({
      start: '2026-11-20T07:48:00Z',
      end: '2026-11-20T08:02:00Z',
      reasons: ['unidentified-rows'],
    });
  });

  it('before a deletion widens what may be lost, unless AWS’s list told of it before they were whole', async () => {
    const gapAt = async (at: string) =>
      (await appendClosing(log, context, head, { because: 'endpoint-deleted', at, requestIds: [] }))?.gap;
    expect(await gapAt('2026-11-20T08:05:00Z')).toMatchObject({ start: '2026-11-20T07:48:00Z' });
    expect(await gapAt(head.f)).toBeUndefined();
  });
});

describe('the head after an entry', () => {
  const headAfter = async (read: Head | undefined) => {
    const appended = await appendSnapshot(log, context, read, capture);
    if (!appended) throw new Error('not appended');
    return nextHead(read, appended.manifest, leafHash('x'));
  };

  it('knows since when there is a log', async () => {
    expect((await headAfter(undefined)).firstSeenAt).toBe(context.slot);
    expect((await headAfter({ ...head, range: { size: 0, hashes: [] } })).firstSeenAt).toBe('2026-11-01T00:00:00Z');
  });

  it('goes on with coverage from a deletion, and not from the end of a configuration', async () => {
    const closed = async (because: 'endpoint-deleted' | 'not-configured') => {
      const at = '2026-11-20T08:05:00Z';
      const appended = await appendClosing(log, context, head, { because, at, requestIds: [] });
      return appended && nextHead(head, appended.manifest, leafHash('x'));
    };
    expect(await closed('endpoint-deleted')).toMatchObject({ state: 'closed', coveredFromS: '2026-11-20T08:05:00Z' });
    expect(await closed('not-configured')).toMatchObject({ state: 'closed', coveredFromS: '2026-11-20T07:50:00Z' });
  });
});

describe('a manifest', () => {
  const idsOf = (pages: number) => Array.from({ length: pages }, (_, page) => `request-${page}`);
  const appended = async (requestIds: readonly string[]) => {
    const made = await appendSnapshot(log, context, undefined, { ...capture, pages: requestIds.length, requestIds });
    if (!made) throw new Error('not appended');
    return made.manifest;
  };

  it('has all request ids of up to 200 pages', async () => {
    const manifest = await appended(idsOf(200));
    expect(manifest.requestIds).toEqual(idsOf(200));
    expect(manifest).not.toHaveProperty('requestIdsLeftOut');
  });

  it('has the first and the last hundred of more, and says how many others there were, and their hash', async () => {
    const ids = idsOf(126_000 / 5);
    const manifest = await appended(ids);
    expect(manifest.requestIds).toEqual([...ids.slice(0, 100), ...ids.slice(-100)]);
    const leftOut = ids.slice(100, -100);
    const sha256 = createHash('sha256')
      .update(leftOut.map((id) => `${id}\n`).join(''))
      .digest('hex');
    expect(manifest.requestIdsLeftOut).toEqual({ count: 25_000, sha256 });
    expect(manifestText(manifest).length).toBeLessThan(10_000);
  });

  it('leaves out a request id that is too long to be one', async () => {
    const manifest = await appended(['a', 'x'.repeat(500_000), 'c']);
    expect(manifest).toMatchObject({ requestIds: ['a', 'c'], requestIdsLeftOut: { count: 1 } });
  });
});

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chunkObject } from '../../lambda/trail/archive.ts';
import type { ChunkReference, Manifest } from '../../lambda/trail/snapshot.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import { collectFindings } from '../../verification/findings.ts';
import { SnapshotContents } from '../../verification/log/snapshot-contents.ts';
import { verifyChunks } from '../../verification/log/verify-chunks.ts';
import { manifestAt } from '../support/recording/made-manifest.ts';
import { MemoryArchive } from '../support/recording/memory-archive.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';

const SLOT = '2026-11-20T00:00:00Z';

/** An archive that counts what is read of it. */
class CountedArchive extends MemoryArchive {
  reads = 0;

  override async get(key: string): Promise<Uint8Array | undefined> {
    this.reads += 1;
    return super.get(key);
  }
}

/** Archives a chunk of rows with so many characters each, in the place of each of the snapshots. */
function archiveChunk(archive: MemoryArchive, snapshots: readonly Manifest[], ...characters: number[]): ChunkReference {
  const rows = characters.map((length, index) => `{"connectionId":"cvpn-connection-${index}"}`.padEnd(length - 1));
  const lines = Buffer.from(rows.map((row) => `${row}\n`).join(''));
  const sha256 = createHash('sha256').update(lines).digest('hex');
  const gzip = gzipSync(lines, { level: 1 });
  for (const { slot } of snapshots) archive.objects.set(chunkObject(ALPHA, slot, sha256), gzip);
  return { sha256, first: 'cvpn-connection-0', rows: rows.length };
}

const snapshotsOf = (count: number): Manifest[] =>
  Array.from({ length: count }, (_, entry) => manifestAt(ALPHA, entry, addSeconds(SLOT, entry * 300)));

const now = () => new Date(SLOT);

describe('the chunks of a snapshot', () => {
  it('are read until they have more than a snapshot can have', async () => {
    const archive = new CountedArchive();
    const [snapshot = manifestAt(ALPHA, 0, SLOT)] = snapshotsOf(1);
    const references = Array.from({ length: 200 }, (_, index) => archiveChunk(archive, [snapshot], 100 + index, 100));
    const manifest = { ...snapshot, chunks: references };
    const findings = collectFindings(() => undefined);
    const counts = { verified: 0, expired: 0 };
    const sources = { store: undefined, archive, now };
    expect(await verifyChunks(sources, manifest, findings, counts, 1_000)).toBeUndefined();
    expect(findings.faults).toMatchObject([
      { kind: 'chunk-changed', place: 'archive', entry: 0, field: references[5]?.sha256 },
    ]);
    expect(findings.faults[0]?.message).toContain('to more than 1000 characters, which none has');
    expect(archive.reads).toBeLessThan(50);
    expect(
      await verifyChunks(
        sources,
        manifest,
        collectFindings(() => undefined),
        counts,
      ),
    ).toHaveLength(400);
  });

  it('of several snapshots are not unpacked ahead without end', async () => {
    const archive = new CountedArchive();
    const snapshots = snapshotsOf(14);
    const row = 4 * 1024 ** 2 - 1;
    const chunks = [archiveChunk(archive, snapshots, row, row, row)];
    const log = { stored: new Set<number>(), archived: new Set(snapshots.keys()) };
    const ports = { store: undefined, archive, now, findings: collectFindings(() => undefined) };
    const contents = new SnapshotContents(ports, log, { verified: 0, expired: 0 });
    const manifests = snapshots.map((manifest) => ({ ...manifest, chunks }));
    let [read, most] = [0, 0];
    for await (const { content } of contents.read(manifests)) {
      expect(content).toHaveLength(3);
      await new Promise(setImmediate);
      most = Math.max(most, archive.reads - read);
      read += 1;
    }
    expect([read, ports.findings.faults]).toEqual([14, []]);
    // 128 Mi characters.
    expect(most).toBeLessThanOrEqual(11);
  });
});

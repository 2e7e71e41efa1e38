import { createPublicKey } from 'node:crypto';
import { expect } from 'vitest';
import {
  type Archive,
  checkpointObject,
  checkpointsOf,
  chunkObject,
  gapObject,
  KEYS,
  manifestObject,
  manifestsOf,
} from '../../../lambda/trail/archive.ts';
import { canonicalJson } from '../../../lambda/trail/canonical-json.ts';
import { openCheckpoint, originOf } from '../../../lambda/trail/checkpoint.ts';
import { unpackChunk } from '../../../lambda/trail/chunks.ts';
import { gapOf } from '../../../lambda/trail/log.ts';
import type { SnapshotLog } from '../../../lambda/trail/ports.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import { fromSpki } from '../../../lambda/trail/signed-note.ts';
import { type Manifest, manifestText } from '../../../lambda/trail/snapshot.ts';

/**
 * What must hold of every archive at rest: it has each entry of each log as it is stored, with its chunks, its gap and a signed
 * checkpoint of its own, and nothing that the log has not. Chunks may be left over from a crash.
 *
 * @returns the sizes of the logs that were looked at
 */
export async function expectSoundArchive(log: SnapshotLog, archive: Archive): Promise<number[]> {
  const keys = await archivedKeys(archive);
  const sizes: number[] = [];
  for (const { endpointId, head } of await log.readEndpoints()) {
    if (!head) continue;
    const size = await expectEntries(log, archive, endpointId, keys);
    const all = Array.from({ length: size }, (_, entry) => entry);
    expect(await Array.fromAsync(archive.list(manifestsOf(endpointId)))).toEqual(
      all.map((entry) => manifestObject(endpointId, entry)),
    );
    expect(await Array.fromAsync(archive.list(checkpointsOf(endpointId)))).toEqual(
      all.map((entry) => checkpointObject(endpointId, entry + 1)),
    );
    const newest = await log.readCheckpoint(endpointId);
    expect(newest).toMatchObject({ size: head.entry + 1, slot: head.slot });
    expect(newest?.hashes.map(hex)).toEqual(head.range.hashes.map(hex));
    expect(newest?.note).toBe(await textOf(archive, checkpointObject(endpointId, size)));
    expect(keys.map(hex)).toContain(hex(newest?.publicKey ?? []));
    sizes.push(size);
  }
  return sizes;
}

async function expectEntries(log: SnapshotLog, archive: Archive, endpointId: string, keys: readonly Uint8Array[]) {
  let range = EMPTY_RANGE;
  let before: Manifest | undefined;
  for await (const manifest of log.readManifestsAfter(endpointId, undefined)) {
    const text = manifestText(manifest);
    expect(await textOf(archive, manifestObject(endpointId, manifest.entry))).toBe(text);
    await expectChunks(log, archive, manifest);
    await expectGap(log, archive, manifest, before);
    range = appendLeaf(range, leafHash(text));
    const note = await textOf(archive, checkpointObject(endpointId, range.size));
    const { size, root } = openCheckpoint(note ?? '', originOf(endpointId), keys);
    expect({ size, root: hex(root) }).toEqual({ size: range.size, root: hex(rootOf(range)) });
    before = manifest;
  }
  return range.size;
}

async function expectChunks(log: SnapshotLog, archive: Archive, manifest: Manifest): Promise<void> {
  for (const reference of manifest.chunks) {
    const archived = await archive.get(chunkObject(manifest.endpointId, manifest.slot, reference.sha256));
    const stored = await log.readChunk(manifest.endpointId, reference);
    expect(await unpackChunk(reference, archived ?? new Uint8Array())).toHaveLength(reference.rows);
    expect(hex(archived ?? [])).toBe(hex(stored ?? []));
  }
}

async function expectGap(log: SnapshotLog, archive: Archive, manifest: Manifest, before: Manifest | undefined) {
  const gap = gapOf(manifest, before);
  if (!gap) return;
  const stored = await log.readGap(manifest.endpointId, gap.start);
  expect(stored).toMatchObject(gap);
  expect(await textOf(archive, gapObject(manifest.endpointId, gap.start))).toBe(canonicalJson({ ...stored }));
}

async function archivedKeys(archive: Archive): Promise<Uint8Array[]> {
  const names = await Array.fromAsync(archive.list(KEYS));
  const pems = await Promise.all(names.map((name) => textOf(archive, name)));
  return pems.map((pem) => fromSpki(createPublicKey(pem ?? '').export({ type: 'spki', format: 'der' })));
}

async function textOf(archive: Archive, key: string): Promise<string | undefined> {
  const bytes = await archive.get(key);
  return bytes && Buffer.from(bytes).toString();
}

const hex = (bytes: ArrayLike<number>): string => Buffer.from(Uint8Array.from(bytes)).toString('hex');

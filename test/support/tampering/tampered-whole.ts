import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { toHeadItem } from '../../../lambda/dynamodb/snapshot-items.ts';
import { chunkKey } from '../../../lambda/dynamodb/snapshot-keys.ts';
import type { Head } from '../../../lambda/trail/head.ts';
import { nextHead } from '../../../lambda/trail/log.ts';
import { leafHash } from '../../../lambda/trail/proof.ts';
import { type Manifest, manifestText } from '../../../lambda/trail/snapshot.ts';
import { ALPHA } from '../recording/recorded-trail.ts';
import { STRANGER } from './tampered-case.ts';
import { itemKey } from './tampered-evidence.ts';
import { ID } from './tampered-names.ts';
import type { TamperedTrail } from './tampered-trail.ts';

/** What an older backup of the tables holds. */
export function restoreStore(trail: TamperedTrail, older: TamperedTrail): void {
  trail.evidence.snapshots = new Map(older.snapshots);
  trail.evidence.connections = new Map(older.connections);
}

/** Every object and item of an endpoint's log; its connections and its watermark stay. */
export function removeLog(trail: TamperedTrail, endpointId: string): void {
  for (const [key, { endpointId: partition, slot }] of trail.snapshots) {
    if (String(partition).startsWith(endpointId) || slot === endpointId) trail.snapshots.delete(key);
  }
}

export function removeArchived(trail: TamperedTrail, endpointId: string): void {
  for (const key of trail.archive.objects.keys()) if (key.includes(endpointId)) trail.erase(key);
}

/** The newest entries of an archive, with all that belongs to them. */
export function cutArchive(trail: TamperedTrail, older: TamperedTrail): void {
  for (const key of trail.archive.objects.keys()) if (!older.archive.objects.has(key)) trail.erase(key);
}

/** Takes bob out of the log from the entry on that ended him, consistently, and signs that with a key of one's own. */
export async function rewriteConsistently(trail: TamperedTrail): Promise<void> {
  const lines = Buffer.from('{"connectionId":"cvpn-connection-0a"}\n');
  const sha256 = createHash('sha256').update(lines).digest('hex');
  const key = chunkKey(ALPHA, sha256);
  trail.snapshots.set(itemKey(key), { ...key, rows: gzipSync(lines) });
  trail.remove(trail.chunkKey(ALPHA, 2));
  const manifests = (trail.logs.get(ALPHA) ?? []).map((manifest, entry) =>
    entry === 2 ? { ...manifest, rows: 1, chunks: [{ sha256, first: ID.anna, rows: 1 }] } : manifest,
  );
  await rebuildLog(trail, manifests);
  trail.remove(ID.bob);
}

async function rebuildLog(trail: TamperedTrail, manifests: readonly Manifest[]): Promise<void> {
  let head: Head | undefined;
  for (const manifest of manifests) {
    const before = head?.range ?? { size: 0, hashes: [] };
    trail.putManifest(manifest, before);
    head = nextHead(head, manifest, leafHash(manifestText(manifest)));
  }
  if (!head) return;
  trail.snapshots.set(trail.headKey(ALPHA), toHeadItem(head));
  trail.change(trail.checkpointKey(ALPHA), {
    note: await trail.sign(ALPHA, head.range, STRANGER),
    hashes: Buffer.concat(head.range.hashes),
    publicKey: await STRANGER.publicKey(),
  });
}

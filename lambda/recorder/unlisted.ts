import { changesBetween } from '../trail/changes.ts';
import { provesUnlisted } from '../trail/coverage.ts';
import { foldInferredEnd } from '../trail/fold.ts';
import type { Watermark } from '../trail/head.ts';
import { gapOf, isProof } from '../trail/log.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { readPair, type SnapshotPair } from '../trail/snapshot-reader.ts';
import type { Instant } from '../trail/time.ts';
import {
  add,
  BATCH,
  type ConnectionWriter,
  inBatches,
  NOTHING,
  type Projected,
  writeFolded,
} from './write-connection.ts';

/** Entries that were the first without some connection whose end is not proven. */
export type Unlisted = Watermark['unlisted'];

/** Whether the entry ends all connections: nobody is connected to a deleted endpoint. */
export const endsAll = ({ closedBecause }: Manifest): boolean => closedBecause === 'endpoint-deleted';

/**
 * Ends the connections that went missing in earlier entries if this entry proves their end: they were missing for 60 minutes, in
 * snapshots without a gap between them. One answer without a connection, and one before a gap, may just have left it
 * out: then the time begins anew with the answer after the gap (ADR 29). The endpoint's deletion ends all at once.
 *
 * @param unlisted the entries that were the first without some connection
 * @returns the changes, and the entries that prove nothing yet
 */
export async function endUnlisted(
  ports: ConnectionWriter & { readonly log: SnapshotLog; readonly now: () => Date },
  manifest: Manifest,
  unlisted: Unlisted,
): Promise<{ projected: Projected; left: Unlisted }> {
  if (!isProof(manifest)) return { projected: NOTHING, left: unlisted };
  const left: Unlisted[number][] = [];
  let projected = NOTHING;
  for (const pending of unlisted) {
    const [missing, since] = await Promise.all([
      readMissing(ports.log, manifest, pending.slot),
      pending.from === undefined ? undefined : readMissing(ports.log, manifest, pending.from),
    ]);
    const end = endsBy(since ?? missing, manifest);
    if (end === undefined) {
      left.push({ ...pending, ...(isAnew(since ?? missing, manifest) ? { from: manifest.slot } : {}) });
      continue;
    }
    const pair = await readPair(ports.log, missing, ports.now());
    if (pair) projected = add(projected, await endMissing(ports, manifest, pair, end));
  }
  return { projected, left };
}

async function readMissing(log: SnapshotLog, { endpointId }: Manifest, slot: Instant): Promise<Manifest> {
  const manifest = await log.readManifest(endpointId, slot);
  if (!manifest) throw new Error(`the manifest of ${endpointId} at ${slot} is missing`);
  return manifest;
}

/** The latest possible end of connections that were missing since an entry, if this proof shows that they have ended. */
function endsBy(since: Manifest, proof: Manifest): Instant | undefined {
  if (endsAll(proof)) return proof.f;
  if (isAnew(since, proof) || !provesUnlisted(since, proof, proof.epsilonSeconds)) return undefined;
  return since.f;
}

/** Whether the time for which connections are missing begins anew with this proof. */
function isAnew(since: Manifest, proof: Manifest): boolean {
  return !isProof(since) || gapOf(proof, undefined) !== undefined;
}

async function endMissing(
  writer: ConnectionWriter,
  manifest: Manifest,
  pair: SnapshotPair,
  end: Instant,
): Promise<Projected> {
  const last = pair.before?.manifest;
  if (!last) return NOTHING;
  const changes = await Array.fromAsync(changesBetween(pair.before, pair.now));
  const missing = changes.filter((change) => change.kind === 'vanished');
  let total = NOTHING;
  for (const batch of inBatches(missing, BATCH)) {
    const known = await writer.projection.readConnections(batch.map(({ id }) => id));
    const written = batch
      // The connection was listed again since, which removed the mark.
      .filter(({ id }) => known.get(id)?.unlistedSince === pair.now.manifest.f)
      .map(({ id, previous }) =>
        writeFolded(writer, id, known.get(id), manifest, (connection) =>
          connection?.lastEntry === pair.now.manifest.entry
            ? foldInferredEnd(connection, { row: previous, manifest: last }, end, manifest)
            : connection,
        ),
      );
    total = (await Promise.all(written)).reduce(add, total);
  }
  return total;
}

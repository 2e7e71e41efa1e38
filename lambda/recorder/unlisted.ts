import { changesBetween } from '../trail/changes.ts';
import type { Connection } from '../trail/connection.ts';
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
    if (!pair) continue;
    const ended = await endMissing(ports, manifest, pair, end);
    projected = add(projected, ended.projected);
    if (ended.leavesSome) left.push(pending);
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

/** An entry changes a connection once: one that it has changed already, because others had its address, is left for the next proof. */
async function endMissing(
  writer: ConnectionWriter,
  manifest: Manifest,
  pair: SnapshotPair,
  end: Instant,
): Promise<{ projected: Projected; leavesSome: boolean }> {
  let projected = NOTHING;
  let leavesSome = false;
  const last = pair.before?.manifest;
  if (!last) return { projected, leavesSome };
  // If the connection was listed again since, the mark was removed, or is another one.
  const isMissing = (connection: Connection | undefined): connection is Connection =>
    connection?.unlistedSince === pair.now.manifest.f && connection.end === undefined;
  const changes = await Array.fromAsync(changesBetween(pair.before, pair.now));
  const vanished = changes.filter((change) => change.kind === 'vanished');
  for (const batch of inBatches(vanished, BATCH)) {
    const known = await writer.projection.readConnections(batch.map(({ id }) => id));
    const missing = batch.filter(({ id }) => isMissing(known.get(id)));
    leavesSome ||= missing.some(({ id }) => known.get(id)?.lastEntry === manifest.entry);
    const written = missing.map(({ id, previous }) =>
      writeFolded(writer, id, known.get(id), manifest, (connection) =>
        isMissing(connection)
          ? foldInferredEnd(connection, { row: previous, manifest: last }, end, manifest)
          : connection,
      ),
    );
    projected = (await Promise.all(written)).reduce(add, projected);
  }
  return { projected, leavesSome };
}

import { changesBetween } from '../trail/changes.ts';
import { gapBetween, listedSince, provesUnlisted } from '../trail/coverage.ts';
import { foldInferredEnd } from '../trail/fold.ts';
import type { Watermark } from '../trail/head.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { readPair, type SnapshotPair } from '../trail/snapshot-reader.ts';
import { type Instant, later } from '../trail/time.ts';
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

/**
 * The latest possible end of a connection that this entry does not list but the one before did, if the entry proves that
 * it has ended: after the endpoint's deletion, or across a gap, because AWS would still list a later end. A snapshot
 * with unidentified rows does not prove absence: one of them may be this connection.
 */
export function provenEnd(manifest: Manifest): Instant | undefined {
  const { closedBecause, unidentified, previousS, f, epsilonSeconds } = manifest;
  if (closedBecause === 'endpoint-deleted') return f;
  if (unidentified || previousS === undefined || !gapBetween({ s: previousS }, { f }, epsilonSeconds)) return undefined;
  return listedSince(f, epsilonSeconds);
}

/**
 * Ends the connections that went missing in earlier entries if this entry proves their end: missing for 60 minutes, or
 * still missing after a gap or after the endpoint's deletion.
 *
 * @param unlisted the entries that were the first without some connection
 * @returns the changes, and the entries that prove nothing yet
 */
export async function endUnlisted(
  ports: ConnectionWriter & { readonly log: SnapshotLog; readonly now: () => Date },
  manifest: Manifest,
  unlisted: Unlisted,
): Promise<{ projected: Projected; left: Unlisted }> {
  if (manifest.unidentified) return { projected: NOTHING, left: unlisted };
  const provenByThis = provenEnd(manifest);
  const left: Unlisted[number][] = [];
  let projected = NOTHING;
  for (const pending of unlisted) {
    const missing = await ports.log.readManifest(manifest.endpointId, pending.slot);
    if (!missing) throw new Error(`the manifest of ${manifest.endpointId} at ${pending.slot} is missing`);
    if (provenByThis === undefined && !provesUnlisted(missing, manifest, manifest.epsilonSeconds)) {
      left.push(pending);
      continue;
    }
    // If the first snapshot without the connection does not prove its absence, only this one bounds its end.
    const unseen = missing.unidentified ? listedSince(manifest.f, manifest.epsilonSeconds) : missing.f;
    const end = later(missing.f, provenByThis ?? unseen);
    const pair = await readPair(ports.log, missing, ports.now());
    if (pair) projected = add(projected, await endMissing(ports, manifest, pair, end));
  }
  return { projected, left };
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

import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { winners } from '../trail/changes.ts';
import { type Connection, isLive } from '../trail/connection.ts';
import { LIVE } from '../trail/connection-members.ts';
import type { Sighting } from '../trail/fold.ts';
import { Unreadable } from '../trail/judged.ts';
import { present } from '../trail/present.ts';
import type { ReadRow } from '../trail/row.ts';
import { type ChunkReference, hasExpired, type Manifest, type StoredRow } from '../trail/snapshot.ts';
import { type ChunkReader, readLines, toStoredRow } from '../trail/snapshot-reader.ts';
import type { Instant } from '../trail/time.ts';
import type { EndpointState } from './endpoint-state.ts';

/**
 * The snapshot of a slot, or the last one before a closing entry. Undefined if there is none, or its rows have
 * expired.
 */
export async function readSnapshotManifest(
  reads: DynamoDbTrailReads,
  endpointId: string,
  slot: Instant,
  now: Date,
): Promise<Manifest | undefined> {
  let manifest = (await reads.readManifest(endpointId, slot))?.manifest;
  for (let at = slot; manifest?.kind === 'closed' && manifest.previousSlot !== undefined; ) {
    const { previousSlot } = manifest;
    // Else the walk back may have no end.
    if (previousSlot >= at)
      throw new Unreadable(`The manifest of ${endpointId} at ${at} names ${previousSlot} as the entry before it.`);
    at = previousSlot;
    manifest = (await reads.readManifest(endpointId, at))?.manifest;
  }
  return manifest && manifest.kind === 'snapshot' && !hasExpired(manifest, now) ? manifest : undefined;
}

/** The chunks that can hold a connection's rows: each names its first ConnectionId, and they are sorted. */
export function chunksFor({ chunks }: Manifest, connectionId: string): { reference: ChunkReference; index: number }[] {
  return chunks.flatMap((reference, index) => {
    const next = chunks[index + 1]?.first;
    const isIn = reference.first <= connectionId && (next === undefined || next >= connectionId);
    return isIn ? [{ reference, index }] : [];
  });
}

/** The lines of a connection among those of a chunk. */
export function linesOf(lines: readonly string[], connectionId: string): string[] {
  // The cheap test first: nearly all lines are of other connections.
  const text = JSON.stringify(connectionId);
  return lines.filter((line) => line.includes(text) && toStoredRow(line).id === connectionId);
}

/**
 * Adds to open connections the data that only the newest snapshot has: counters, and when they were last seen.
 */
export async function fillFromNewest(
  reads: DynamoDbTrailReads,
  states: readonly EndpointState[],
  connections: readonly Connection[],
  now: Date,
): Promise<Connection[]> {
  const live = connections.filter(isLive);
  const byEndpoint = Map.groupBy(live, ({ endpointId }) => endpointId);
  const found = new Map<string, Sighting>();
  await Promise.all(
    [...byEndpoint].map(async ([endpointId, wanted]) => {
      const state = states.find((one) => one.endpointId === endpointId);
      for (const slot of new Set([state?.head?.slot, state?.watermark?.slot])) {
        // A connection that the newest no longer lists, which is not projected yet, may be in the one before.
        const missing = wanted.filter(({ connectionId }) => !found.has(connectionId));
        if (slot === undefined || missing.length === 0) continue;
        const manifest = await readSnapshotManifest(reads, endpointId, slot, now);
        const ids = missing.map(({ connectionId }) => connectionId);
        if (!manifest) continue;
        for (const [id, row] of await findRows(reads, manifest, ids)) found.set(id, { row, manifest });
      }
    }),
  );
  return connections.map((connection) => {
    const seen = found.get(connection.connectionId);
    return seen ? { ...connection, ...stateIn(seen) } : connection;
  });
}

/** The rows of connections in a snapshot, by id, without those that it does not list. Holds one chunk at a time. */
export async function findRows(
  log: ChunkReader,
  manifest: Manifest,
  ids: Iterable<string>,
): Promise<Map<string, ReadRow>> {
  const byChunk = new Map<ChunkReference, Set<string>>();
  for (const id of ids) {
    for (const { reference } of chunksFor(manifest, id)) {
      byChunk.set(reference, (byChunk.get(reference) ?? new Set()).add(id));
    }
  }
  const rows: StoredRow[] = [];
  for (const [reference, wanted] of byChunk) {
    const lines = await readLines(log, manifest, reference);
    rows.push(...lines.map(toStoredRow).filter(({ id }) => wanted.has(id)));
  }
  return new Map(winners(rows, manifest.endpointId));
}

/** The data of an open connection that only a snapshot has: counters, and when it was seen. */
export function stateIn({ row, manifest }: Sighting): Partial<Connection> {
  return { ...present(row, LIVE), lastSeenAt: manifest.f, lastSlot: manifest.slot };
}

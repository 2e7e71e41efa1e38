import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { winner } from '../trail/changes.ts';
import { type Connection, isLive } from '../trail/connection.ts';
import { LIVE } from '../trail/connection-members.ts';
import { present } from '../trail/present.ts';
import type { ReadRow } from '../trail/row.ts';
import { type ChunkReference, hasExpired, type Manifest } from '../trail/snapshot.ts';
import { readLines, toStoredRow } from '../trail/snapshot-reader.ts';
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
  while (manifest?.kind === 'closed' && manifest.previousSlot !== undefined) {
    manifest = (await reads.readManifest(endpointId, manifest.previousSlot))?.manifest;
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

/** A connection's row in a snapshot. */
export interface SnapshotRow {
  readonly row: ReadRow;
  readonly manifest: Manifest;
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
  const found = new Map<string, SnapshotRow>();
  await Promise.all(
    [...byEndpoint].map(async ([endpointId, wanted]) => {
      const state = states.find((one) => one.endpointId === endpointId);
      for (const slot of new Set([state?.head?.slot, state?.watermark?.slot])) {
        // A connection that the newest no longer lists, which is not projected yet, may be in the one before.
        const missing = wanted.filter(({ connectionId }) => !found.has(connectionId));
        if (slot === undefined || missing.length === 0) continue;
        const manifest = await readSnapshotManifest(reads, endpointId, slot, now);
        if (manifest) await findRows(reads, manifest, missing, found);
      }
    }),
  );
  return connections.map((connection) => withRow(connection, found.get(connection.connectionId)));
}

async function findRows(
  reads: DynamoDbTrailReads,
  manifest: Manifest,
  wanted: readonly Connection[],
  found: Map<string, SnapshotRow>,
): Promise<void> {
  const { endpointId } = manifest;
  const byChunk = new Map<ChunkReference, string[]>();
  for (const { connectionId } of wanted) {
    for (const { reference } of chunksFor(manifest, connectionId)) {
      byChunk.set(reference, [...(byChunk.get(reference) ?? []), connectionId]);
    }
  }
  for (const [reference, ids] of byChunk) {
    const rows = groupLines(await readLines(reads, manifest, reference), ids);
    for (const [id, lines] of rows) found.set(id, { row: winner(lines, endpointId), manifest });
  }
}

function groupLines(lines: readonly string[], ids: readonly string[]): Map<string, { line: string }[]> {
  const wanted = new Set(ids);
  const rows = new Map<string, { line: string }[]>();
  for (const line of lines) {
    const { id } = toStoredRow(line);
    if (wanted.has(id)) rows.set(id, [...(rows.get(id) ?? []), { line }]);
  }
  return rows;
}

function withRow(connection: Connection, found: SnapshotRow | undefined): Connection {
  return found ? { ...connection, ...stateIn(found) } : connection;
}

/** The data of an open connection that only a snapshot has: counters, and when it was seen. */
export function stateIn({ row, manifest }: SnapshotRow): Partial<Connection> {
  return { ...present(row, LIVE), lastSeenAt: manifest.f, lastSlot: manifest.slot };
}

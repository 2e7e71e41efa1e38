import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { winners } from '../trail/changes.ts';
import type { Connection } from '../trail/connection.ts';
import { foldSighting, type Sighting } from '../trail/fold.ts';
import { hasEnded, type ReadRow } from '../trail/row.ts';
import type { Manifest, StoredRow } from '../trail/snapshot.ts';
import { readRows } from '../trail/snapshot-reader.ts';
import { stateIn } from './newest-snapshot.ts';

/** The rows of a snapshot, by ConnectionId. */
export async function rowsById(reads: DynamoDbTrailReads, manifest: Manifest): Promise<Map<string, ReadRow>> {
  const rows: StoredRow[] = [];
  for await (const stretch of readRows(reads, manifest)) rows.push(...stretch);
  return new Map(winners(rows, manifest.endpointId));
}

/** The connections that a snapshot lists as not ended. Their first sight is not in it. */
export function openConnections(manifest: Manifest, rows: ReadonlyMap<string, ReadRow>): Connection[] {
  return [...rows].flatMap(([id, row]) => {
    if (hasEnded(row)) return [];
    const sighting = { row, manifest };
    return [asSeen(foldSighting(undefined, id, sighting, undefined), sighting)];
  });
}

/** A snapshot has the counters, but not the first sight, so that is left out. */
function asSeen(connection: Connection, found: Sighting): Connection {
  const { firstSeenAt: _, firstSlot: __, ...seen } = connection;
  return { ...seen, ...stateIn(found) } as unknown as Connection;
}

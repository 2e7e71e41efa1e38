import { ODD, OPEN_END, spanKey } from '../dynamodb/connection-item.ts';
import type { DynamoDbTrailReads, IndexPage } from '../dynamodb/trail-reads.ts';
import { type Connection, isUnlisted } from '../trail/connection.ts';
import type { ReadRow } from '../trail/row.ts';
import type { CoveragePorts } from './endpoint-coverage.ts';
import type { EndpointState } from './endpoint-state.ts';
import { readSnapshotManifest } from './newest-snapshot.ts';
import { openConnections, rowsById } from './snapshot-connections.ts';

/**
 * Connections that the newest snapshot lacks, and whose end nothing proves: one answer without them ends nobody (ADR 29).
 *
 * @param rows that snapshot's
 */
export async function missingFrom(
  { reads, now }: CoveragePorts,
  { endpointId, head, watermark }: EndpointState,
  rows: ReadonlyMap<string, ReadRow>,
): Promise<Connection[]> {
  if (!watermark) return [];
  const missing: Connection[] = [];
  if (watermark.unlisted.length > 0) {
    // Those that vanished are among the open ones of the index, which are few.
    const partitions = [spanKey(endpointId, 'long'), ...(watermark.noneOdd ? [] : [ODD])];
    for (const partition of partitions) missing.push(...(await readVanished(reads, partition)));
  }
  const projected =
    watermark.entry === head?.entry ? undefined : await readSnapshotManifest(reads, endpointId, watermark.slot, now());
  const open = projected ? openConnections(projected, await rowsById(reads, projected)) : [];
  const byId = new Map([...missing, ...open].map((connection) => [connection.connectionId, connection]));
  return [...byId.values()].filter((one) => one.endpointId === endpointId && !rows.has(one.connectionId));
}

async function readVanished(reads: DynamoDbTrailReads, partition: string): Promise<Connection[]> {
  const vanished: Connection[] = [];
  let after: IndexPage['next'];
  do {
    const page = await reads.readIndex({ index: 'bySpan', partition, from: OPEN_END }, VANISHED_A_PAGE, after);
    vanished.push(...page.connections.filter(isUnlisted));
    after = page.next;
  } while (after);
  return vanished;
}

/** DynamoDB ends a page at 1 MB by itself. */
const VANISHED_A_PAGE = 5000;

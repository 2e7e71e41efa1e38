import { chunksOf } from '../../query/newest-snapshot.ts';
import { winner } from '../../trail/changes.ts';
import type { ReadRow } from '../../trail/row.ts';
import type { ChunkReference, Manifest } from '../../trail/snapshot.ts';
import { type ChunkReader, readLines, toStoredRow } from '../../trail/snapshot-reader.ts';

/** The rows of connections in a snapshot, by id; of those that it does not list, none. Holds one chunk at a time. */
export async function findRows(
  log: ChunkReader,
  manifest: Manifest,
  ids: readonly string[],
): Promise<Map<string, ReadRow>> {
  const byChunk = new Map<ChunkReference, Set<string>>();
  for (const id of ids) {
    for (const { reference } of chunksOf(manifest, id)) {
      byChunk.set(reference, (byChunk.get(reference) ?? new Set()).add(id));
    }
  }
  const lines = new Map<string, { line: string }[]>();
  for (const [reference, wanted] of byChunk) {
    for (const line of await readLines(log, manifest, reference)) {
      const { id } = toStoredRow(line);
      if (wanted.has(id)) lines.set(id, [...(lines.get(id) ?? []), { line }]);
    }
  }
  return new Map([...lines].map(([id, found]) => [id, winner(found, manifest.endpointId)]));
}

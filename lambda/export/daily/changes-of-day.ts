import { projectLog } from '../../recorder/project.ts';
import type { Connection } from '../../trail/connection.ts';
import type { Manifest } from '../../trail/snapshot.ts';
import { readPair } from '../../trail/snapshot-reader.ts';
import { readMarkBefore } from './day-entries.ts';
import { MemoryProjection } from './memory-projection.ts';
import { ReplayedLog } from './replayed-log.ts';
import { type DaySources, StatesBefore } from './states-before.ts';

/**
 * The connections that entries changed, in their state after the last of them. The recorder's own projector computes them from
 * the state before the first. The result depends only on the log, so it is the same at any time.
 *
 * @param entries a range of a log, in order
 * @returns sorted by start
 * @throws DayExpired
 */
export async function changesOf(sources: DaySources, entries: readonly Manifest[]): Promise<Connection[]> {
  const [first] = entries;
  if (!first) return [];
  const mark = await readMarkBefore(sources.log, first);
  const states = new StatesBefore(sources, first, await readBase(sources, first));
  const replayed = new ReplayedLog(sources.log, entries, sources.now);
  const projection = new MemoryProjection({ mark, readBefore: (ids) => states.read(ids) });
  await projectLog({ log: replayed.asLog, projection, now: replayed.now, onlyShown: true }, first.endpointId);
  return [...projection.changed.values()].sort(inOrder);
}

/** The snapshot that an entry is compared with. */
async function readBase({ log, now }: DaySources, first: Manifest): Promise<Manifest | undefined> {
  const replayed = new ReplayedLog(log, [first], now);
  for await (const manifest of replayed.asLog.readManifestsAfter(first.endpointId, undefined)) {
    return (await readPair(replayed.asLog, manifest, replayed.now()))?.before?.manifest;
  }
  return undefined;
}

function inOrder(one: Connection, other: Connection): number {
  const [a, b] = [`${one.establishedAt} ${one.connectionId}`, `${other.establishedAt} ${other.connectionId}`];
  return a < b ? -1 : Number(a > b);
}

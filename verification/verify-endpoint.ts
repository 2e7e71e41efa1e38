import type { Item } from '../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../lambda/dynamodb/evidence-reads.ts';
import type { Archive } from '../lambda/trail/archive.ts';
import { Unreadable } from '../lambda/trail/judged.ts';
import type { Manifest } from '../lambda/trail/snapshot.ts';
import type { Instant } from '../lambda/trail/time.ts';
import type { VerifiedEndpoint } from './connections/compare-projection.ts';
import { ConnectionComparison } from './connections/connection-comparison.ts';
import type { ConnectionCounts } from './connections/expected-connections.ts';
import { replay } from './connections/replay.ts';
import type { ReadChunk } from './connections/replay-source.ts';
import { projectionReach, verifyNetworks, verifyWatermark } from './connections/verify-watermark.ts';
import { entriesAre, type Findings } from './findings.ts';
import { openArchivedLog } from './log/archived-log.ts';
import { compareKept, type KeptCheckpoint } from './log/kept-checkpoints.ts';
import { endOf } from './log/log-end.ts';
import { type ContentPorts, SnapshotContents } from './log/snapshot-contents.ts';
import { readNewer, readStoredLog } from './log/stored-log.ts';
import { type CheckpointReading, readCheckpointNote } from './log/trusted-checkpoint.ts';
import type { ChunkCounts } from './log/verify-chunks.ts';
import { verifyGaps } from './log/verify-gaps.ts';
import { verifyHead } from './log/verify-head.ts';
import { type VerifiedLog, verifyLog } from './log/verify-log.ts';
import { verifyNotRolledBack, verifyStoredCheckpoint } from './log/verify-stored-checkpoint.ts';
import { verifyTimes } from './log/verify-times.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** The sources to verify: the tables, the archive, or both. */
export interface VerificationPorts extends ContentPorts {
  readonly store: StoredEvidence | undefined;
  readonly archive: Archive | undefined;
}

/** What of an endpoint is verified. */
export interface EndpointOptions {
  readonly keys: TrustedKeys;
  /** Checkpoints that somebody kept: the logs must still contain them. */
  readonly kept?: readonly KeptCheckpoint[] | undefined;
  /** Bounds of the slots whose chunks, archived objects and connections are verified; the tree is always verified. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
}

/** What was checked of the endpoints. */
export interface EndpointCounts extends ChunkCounts, ConnectionCounts {
  entries: number;
  anchored: number;
  gaps: number;
}

/** An endpoint whose verification is under way. */
interface Verifying extends EndpointOptions {
  readonly endpointId: string;
  readonly ports: VerificationPorts;
  readonly counts: EndpointCounts;
}

/**
 * Verifies one endpoint's log and everything derived from it: its chunks, head, gaps and watermark.
 *
 * The recorder may run at the same time. It writes the store's log first, then the archive (manifest, checkpoint), then the store's
 * checkpoint, then the projection. The verification reads in the opposite order, so that everything it finds also exists in the
 * sources that it reads later.
 *
 * @param hasConnections whether there is a table of connections
 */
export async function verifyEndpoint(verifying: Verifying, hasConnections: boolean): Promise<VerifiedEndpoint> {
  const { ports, endpointId, counts } = verifying;
  const { store, findings } = ports;
  const watermark = hasConnections ? await store?.readWatermark(endpointId) : undefined;
  const { log, isInStore, newest } = await verifyItsLog(verifying);
  const { manifests } = log;
  counts.entries += manifests.length;
  counts.anchored += log.anchored;
  // If entries are missing, every head and gap would look wrong; the missing entries were reported already. So was a log that is
  // missing from the store entirely.
  if (isUnbroken(manifests)) {
    if (log.isTied) verifyTimes(manifests, placeOf(ports), findings);
    const isArchived = (entry: number) => entry < log.known && log.archived.has(entry);
    const sources = { ...ports, store: isInStore ? store : undefined };
    counts.gaps += await verifyGaps({ ...sources, endpointId, manifests, isArchived }, findings);
    if (sources.store) await verifyItsHead(sources.store, endpointId, log, findings);
  }
  const comparison = await replayLog(verifying, log, watermark);
  const own = (verifying.kept ?? []).filter((one) => one.endpointId === endpointId);
  const kept = compareKept(own, log, verifying.keys, placeOf(ports), findings);
  return {
    log,
    manifests,
    keys: log.keys,
    end: endOf(endpointId, log, newest),
    kept,
    comparison: hasConnections ? comparison : undefined,
  };
}

/** Where a log is read first. */
export const placeOf = ({ store }: Pick<VerificationPorts, 'store'>) => (store ? 'store' : 'archive');

const isUnbroken = (manifests: readonly Manifest[]) => manifests.every(({ entry }, index) => entry === index);

const isInWindow = ({ since = '', until = '~' }: EndpointOptions, slot: string) => slot >= since && slot <= until;

async function verifyItsLog(verifying: Verifying): Promise<{
  readonly log: VerifiedLog;
  readonly isInStore: boolean;
  readonly newest: readonly (CheckpointReading | undefined)[];
}> {
  const { endpointId, keys, ports } = verifying;
  const { store, archive, findings, signal } = ports;
  findings.progress(`${endpointId}  reading the log`);
  const item = await store?.readCheckpoint(endpointId);
  const reading = item && readCheckpointNote(String(item.note), endpointId, keys);
  const archived = archive && (await openArchivedLog(archive, endpointId, keys, findings));
  const stored = store && (await readStoredLog(store, endpointId));
  const sources = {
    endpointId,
    stored,
    archived,
    storedCheckpoint: reading?.checkpoint,
    isInWindow: (slot: string) => isInWindow(verifying, slot),
    signal,
  };
  const log = await verifyLog(sources, findings);
  const isInStore = item !== undefined || log.stored.size > 0 || (await store?.readHead(endpointId)) !== undefined;
  if (item && reading) verifyStoredCheckpoint(endpointId, item, reading, log, findings);
  if (store && archived && isInStore) {
    verifyNotRolledBack(endpointId, await store.readCheckpoint(endpointId), archived.newestSize, findings);
  }
  const newest = archived && archived.newestSize > 0 ? await archived.readCheckpoint(archived.newestSize) : undefined;
  return { log, isInStore, newest: [newest, reading] };
}

async function verifyItsHead(
  store: StoredEvidence,
  endpointId: string,
  log: VerifiedLog,
  findings: Findings,
): Promise<void> {
  const { manifests } = log;
  const item = await store.readHead(endpointId);
  const isLonger = Number(item?.entry) >= manifests.length;
  const newer = isLonger ? await readNewer(store, endpointId, manifests.at(-1)) : [];
  const then = newer.filter(({ entry }) => entry <= Number(item?.entry));
  verifyHead(endpointId, item, { ...log, manifests: [...manifests, ...then] }, findings);
}

async function replayLog(
  verifying: Verifying,
  log: VerifiedLog,
  watermark: Item | undefined,
): Promise<ConnectionComparison | undefined> {
  const { endpointId, ports, counts } = verifying;
  const { store, now, findings } = ports;
  const { manifests } = log;
  const window = manifests.filter(({ slot }) => isInWindow(verifying, slot));
  const last = window.at(-1)?.entry ?? -1;
  const projected = projectionReach(watermark, manifests);
  const through = Math.min(projected.entry, last);
  const contents = new SnapshotContents(ports, log, counts);
  const readChunk: ReadChunk = (manifest, reference) => contents.readAgain(manifest, reference);
  const made = await replay(endpointId, contents.read(window), through, { now, readChunk }).catch((error: unknown) => {
    if (!(error instanceof Unreadable)) throw error;
    const message = `The connections of the log cannot be made again from its rows: ${error.message}`;
    findings.fault({ kind: 'chunk-changed', place: store ? 'store' : 'archive', endpointId, message });
    return undefined;
  });
  if (!made) return undefined;
  if (!store) return undefined;
  const isAll = window.length === manifests.length;
  if (isAll) {
    if (watermark) verifyWatermark(endpointId, watermark, projected, manifests, made, findings);
    const left = last - projected.entry;
    if (left > 0) findings.note(`${endpointId}: ${entriesAre(left)} not projected yet; the next recording does it.`);
  } else if (watermark) verifyNetworks(endpointId, watermark, made, findings);
  const expected = {
    endpointId,
    connections: made.connections,
    manifests: new Map(manifests.map((manifest) => [manifest.entry, manifest])),
    readSlots: contents.readSlots,
    last,
    projected: { ...projected, entry: through },
    isWhole: isAll && isUnbroken(manifests),
    now,
  };
  return new ConnectionComparison(expected, findings, counts);
}

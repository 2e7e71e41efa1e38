import type { Item } from '../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../lambda/dynamodb/evidence-reads.ts';
import type { Archive } from '../lambda/trail/archive.ts';
import type { Instant } from '../lambda/trail/time.ts';
import type { VerifiedEndpoint } from './connections/compare-projection.ts';
import { ConnectionComparison } from './connections/connection-comparison.ts';
import type { ConnectionCounts } from './connections/expected-connections.ts';
import { replay } from './connections/replay.ts';
import { projectionReach, verifyWatermark } from './connections/verify-watermark.ts';
import { entriesAre } from './findings.ts';
import { openArchivedLog } from './log/archived-log.ts';
import { type ContentPorts, SnapshotContents } from './log/snapshot-contents.ts';
import { readNewer, readStoredLog } from './log/stored-log.ts';
import { readCheckpointNote } from './log/trusted-checkpoint.ts';
import type { ChunkCounts } from './log/verify-chunks.ts';
import { verifyGaps } from './log/verify-gaps.ts';
import { verifyHead } from './log/verify-head.ts';
import { type VerifiedLog, verifyLog } from './log/verify-log.ts';
import { verifyNotRolledBack, verifyStoredCheckpoint } from './log/verify-stored-checkpoint.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** The sources to verify: the tables, the archive, or both. */
export interface VerificationPorts extends ContentPorts {
  readonly store: StoredEvidence | undefined;
  readonly archive: Archive | undefined;
}

/** What of an endpoint is verified. */
export interface EndpointOptions {
  readonly keys: TrustedKeys;
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

/**
 * The verification of one endpoint's log and of everything derived from it.
 *
 * The recorder may run at the same time. It writes the store's log first, then the archive (manifest, checkpoint), then the store's
 * checkpoint, then the projection. The verification reads in the opposite order, so that everything it finds also exists in the
 * sources that it reads later.
 */
export class EndpointVerification {
  readonly #ports: VerificationPorts;
  readonly #options: EndpointOptions;
  readonly #endpointId: string;
  readonly #counts: EndpointCounts;

  constructor(ports: VerificationPorts, options: EndpointOptions, endpointId: string, counts: EndpointCounts) {
    this.#ports = ports;
    this.#options = options;
    this.#endpointId = endpointId;
    this.#counts = counts;
  }

  /**
   * Verifies the log, its chunks, head, gaps and watermark.
   *
   * @param hasConnections whether there is a table of connections
   */
  async verify(hasConnections: boolean): Promise<VerifiedEndpoint> {
    const { store, findings } = this.#ports;
    const watermark = hasConnections ? await store?.readWatermark(this.#endpointId) : undefined;
    const { log, isInStore } = await this.#verifyLog();
    const { manifests } = log;
    this.#counts.entries += manifests.length;
    this.#counts.anchored += log.anchored;
    // If entries are missing, every head and gap would look wrong; the missing entries were reported already. So was a log that is
    // missing from the store entirely.
    if (manifests.every(({ entry }, index) => entry === index)) {
      const isArchived = (entry: number) => entry < log.known && log.archived.has(entry);
      const sources = { ...this.#ports, store: isInStore ? store : undefined };
      this.#counts.gaps += await verifyGaps(
        { ...sources, endpointId: this.#endpointId, manifests, isArchived },
        findings,
      );
      if (sources.store) await this.#verifyHead(sources.store, log);
    }
    const comparison = await this.#replay(log, watermark);
    return { manifests, comparison: hasConnections ? comparison : undefined };
  }

  async #verifyLog(): Promise<{ log: VerifiedLog; isInStore: boolean }> {
    const { store, archive, findings, signal } = this.#ports;
    const { keys } = this.#options;
    const endpointId = this.#endpointId;
    findings.progress(`${endpointId}  reading the log`);
    const item = await store?.readCheckpoint(endpointId);
    const reading = item && readCheckpointNote(String(item.note), endpointId, keys);
    const archived = archive && (await openArchivedLog(archive, endpointId, keys, findings));
    const stored = store && (await readStoredLog(store, endpointId));
    const log = await verifyLog(
      {
        endpointId,
        stored,
        archived,
        storedCheckpoint: reading?.checkpoint,
        isInWindow: (slot) => this.#isInWindow(slot),
        signal,
      },
      findings,
    );
    const isInStore = item !== undefined || log.stored.size > 0 || (await store?.readHead(endpointId)) !== undefined;
    if (item && reading) verifyStoredCheckpoint(endpointId, item, reading, log, findings);
    if (store && archived && isInStore) {
      verifyNotRolledBack(endpointId, await store.readCheckpoint(endpointId), archived.newestSize, findings);
    }
    return { log, isInStore };
  }

  async #verifyHead(store: StoredEvidence, log: VerifiedLog): Promise<void> {
    const { manifests } = log;
    const item = await store.readHead(this.#endpointId);
    const isLonger = Number(item?.entry) >= manifests.length;
    const newer = isLonger ? await readNewer(store, this.#endpointId, manifests.at(-1)) : [];
    const then = newer.filter(({ entry }) => entry <= Number(item?.entry));
    verifyHead(this.#endpointId, item, { ...log, manifests: [...manifests, ...then] }, this.#ports.findings);
  }

  #isInWindow(slot: string): boolean {
    const { since = '', until = '~' } = this.#options;
    return slot >= since && slot <= until;
  }

  async #replay(log: VerifiedLog, watermark: Item | undefined): Promise<ConnectionComparison | undefined> {
    const { store, now, findings } = this.#ports;
    const { manifests } = log;
    const endpointId = this.#endpointId;
    const window = manifests.filter(({ slot }) => this.#isInWindow(slot));
    const last = window.at(-1)?.entry ?? -1;
    const projected = projectionReach(watermark, manifests);
    const through = Math.min(projected.entry, last);
    const contents = new SnapshotContents(this.#ports, log, this.#counts);
    const made = await replay(endpointId, contents.read(window), through, {
      now,
      readChunk: (manifest, reference) => contents.readAgain(manifest, reference),
    });
    if (!store) return undefined;
    if (window.length === manifests.length) {
      if (watermark) verifyWatermark(endpointId, watermark, projected, manifests, made, findings);
      const left = last - projected.entry;
      if (left > 0) findings.note(`${endpointId}: ${entriesAre(left)} not projected yet; the next recording does it.`);
    }
    const isWhole = window.length === manifests.length && manifests.every(({ entry }, index) => entry === index);
    const expected = {
      endpointId,
      connections: made.connections,
      manifests: new Map(manifests.map((manifest) => [manifest.entry, manifest])),
      readSlots: contents.readSlots,
      last,
      projected: { ...projected, entry: through },
      isWhole,
      now,
    };
    return new ConnectionComparison(expected, findings, this.#counts);
  }
}

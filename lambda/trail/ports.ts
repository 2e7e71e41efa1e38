import type { StoredCheckpoint } from './checkpoint.ts';
import type { Connection } from './connection.ts';
import type { Gap } from './coverage.ts';
import type { Elements } from './element.ts';
import type { Failure } from './failure.ts';
import type { Head, Watermark } from './head.ts';
import type { CompactRange } from './proof.ts';
import type { Chunk, ChunkReference, Manifest } from './snapshot.ts';
import type { Instant } from './time.ts';

/** A time range that is not proven, with the reasons. */
export interface GapNote extends Gap {
  readonly reasons: readonly string[];
}

/** What the trail knows of an endpoint beside its log. */
export interface EndpointRecord {
  readonly endpointId: string;
  readonly head?: Head;
  /** What DescribeClientVpnEndpoints last said of it, as AWS gave it. */
  readonly description?: Elements;
}

/** A failure with the moment of the attempt. */
export interface FailureNote extends Failure {
  readonly at: Instant;
}

/** The evidence: one log of snapshots per endpoint. Reads are consistent. */
export interface SnapshotLog {
  readEndpoints(): Promise<EndpointRecord[]>;
  readHead(endpointId: string): Promise<Head | undefined>;
  readManifest(endpointId: string, slot: Instant): Promise<Manifest | undefined>;
  /** The manifests after a slot, in log order. */
  readManifestsAfter(endpointId: string, slot: Instant | undefined): AsyncIterable<Manifest>;
  /** A chunk's stored bytes; undefined where there is no such chunk. */
  readChunk(endpointId: string, reference: ChunkReference): Promise<Uint8Array | undefined>;
  putChunk(endpointId: string, chunk: Chunk, expiresAt: number | undefined): Promise<void>;
  /**
   * Appends an entry whose chunks are stored: manifest, head and gap together, or nothing. Returns false, with nothing
   * done, if the log's head has changed since it was read.
   */
  commit(manifest: Manifest, read: Head | undefined, gap: GapNote | undefined): Promise<boolean>;
  putDescription(endpointId: string, description: Elements): Promise<void>;
  /** Notes a failure of an endpoint, or, without one, of the list of endpoints. */
  noteFailure(endpointId: string | undefined, slot: Instant, failure: FailureNote): Promise<void>;
  readFailures(endpointId: string | undefined, from: Instant, to: Instant): Promise<FailureNote[]>;
  /** Notes that AWS listed no endpoint of a target, by AWS's clock. A later time that is noted already stays. */
  noteNoEndpoints(target: string, listedAt: Instant): Promise<void>;
  readGap(endpointId: string, start: Instant): Promise<GapNote | undefined>;
  /** The newest checkpoint of each endpoint's log. */
  readCheckpoints(): Promise<StoredCheckpoint[]>;
  /** The newest checkpoint that is signed and archived: of an endpoint's log, or of a trail's by its name. */
  readCheckpoint(endpointId: string): Promise<StoredCheckpoint | undefined>;
  /** Returns false, with nothing done, if another recorder has come as far or further. */
  saveCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean>;
  /** Where the trail's log ends; the newest entry may not be under the checkpoint yet. */
  readTrailEnd(): Promise<TrailEnd>;
  readTrailEntry(entry: number): Promise<string | undefined>;
  /** Returns false, with nothing done, if the trail's log has this entry already. */
  appendTrailEntry(entry: number, text: string, before: CompactRange | undefined): Promise<boolean>;
}

/** The end of the trail's log, as it is stored. */
export interface TrailEnd {
  readonly checkpoint?: StoredCheckpoint;
  /** The newest entry's text. */
  readonly newest?: string;
}

/** The projection: the connections, and how far each log is folded into them. Reads are consistent. */
export interface Projection {
  readWatermark(endpointId: string): Promise<Watermark | undefined>;
  /**
   * Returns false, with nothing done, if another projector has come as far or further, has met the first odd connection, or has
   * added networks.
   *
   * @param read the networks of the stored watermark that this one follows
   */
  saveWatermark(watermark: Watermark, read?: Watermark['networks']): Promise<boolean>;
  readConnections(ids: readonly string[]): Promise<Map<string, Connection>>;
  /**
   * Overwrites a connection if its stored state is still the one that was read (`read` is that state's last entry).
   * Otherwise returns false, with nothing done.
   *
   * @param expiresAt seconds since 1970; absent for what is kept
   */
  writeConnection(connection: Connection, read: number | undefined, expiresAt: number | undefined): Promise<boolean>;
}

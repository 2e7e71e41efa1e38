import type { DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { joinParts } from '../trail/chunks.ts';
import type { Connection } from '../trail/connection.ts';
import type { Head, Watermark } from '../trail/head.ts';
import { judge } from '../trail/judged.ts';
import type { EndpointRecord, FailureNote, GapNote } from '../trail/ports.ts';
import { type ChunkReference, itemHashes, type Manifest } from '../trail/snapshot.ts';
import type { Instant } from '../trail/time.ts';
import { fromConnectionItem, type Item } from './connection-item.ts';
import { fromWatermarkItem, watermarkId } from './dynamodb-projection.ts';
import { MANIFEST_HASHES_JUDGES } from './item-judges.ts';
import { FIRST_KEY, LAST_KEY, MeteredReads, type OnRead, partitionQuery, type ReadPurpose } from './metered-reads.ts';
import { readManifestItem, toEndpointRecords, toFailureNote, toGapNote, toListing } from './snapshot-items.ts';
import { chunkKey, ENDPOINTS, failuresOf, gapsOf, manifestKey, TARGETS } from './snapshot-keys.ts';
import { CONNECTIONS } from './tables.ts';

/** A range of one partition of an index, to be read in pages. */
export interface IndexStretch {
  readonly index: string;
  readonly partition: string;
  /** Bounds of the sort key, both inclusive; absent: from the first, to the last. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** @default descending */
  readonly order?: 'ascending';
}

/** A page of a range; `next` reads the next page, and is absent at the end. */
export interface IndexPage {
  readonly connections: readonly Connection[];
  readonly next?: Readonly<Record<string, unknown>>;
}

/** A stored manifest with the hashes beside it. */
export interface ManifestItem {
  readonly manifest: Manifest;
  readonly text: string;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
}

/** The tables to read, and the options. */
export interface TrailReadsOptions {
  readonly snapshotsTable: string;
  readonly connectionsTable: string;
  /** Filters expired items, which DynamoDB deletes only within days. */
  readonly now: () => Date;
  /** Gets the cost of each request. */
  readonly onRead?: OnRead | undefined;
}

/** Reads both tables for queries: eventually consistent, which costs half and is the only mode of an index. */
export class DynamoDbTrailReads {
  readonly #reads: MeteredReads;
  readonly #options: TrailReadsOptions;

  constructor(documents: DynamoDBDocumentClient, options: TrailReadsOptions) {
    this.#reads = new MeteredReads(documents, options.onRead);
    this.#options = options;
  }

  async readConnection(connectionId: string): Promise<Connection | undefined> {
    const item = await this.#reads.get('index', { TableName: this.#options.connectionsTable, Key: { connectionId } });
    return item && this.#isKept(item) ? fromConnectionItem(item) : undefined;
  }

  /** Reads one page of an index; at most `limit` items, fewer at DynamoDB's limit of 1 MB. */
  async readIndex(stretch: IndexStretch, limit: number, after?: IndexPage['next']): Promise<IndexPage> {
    const definition = CONNECTIONS.indexes.find(({ name }) => name === stretch.index);
    if (!definition) throw new TypeError(`there is no index ${stretch.index}`);
    const { from = FIRST_KEY, to = LAST_KEY } = stretch;
    if (from > to) return { connections: [] };
    const { items, next } = await this.#reads.query('index', {
      TableName: this.#options.connectionsTable,
      IndexName: stretch.index,
      KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#partition': definition.partitionKey, '#sort': definition.sortKey },
      ExpressionAttributeValues: { ':partition': stretch.partition, ':from': from, ':to': to },
      ScanIndexForward: stretch.order === 'ascending',
      Limit: limit,
      ExclusiveStartKey: after,
    });
    const connections = items.filter((item) => this.#isKept(item)).map(fromConnectionItem);
    return { connections, ...(next ? { next } : {}) };
  }

  async readEndpoints(): Promise<EndpointRecord[]> {
    return toEndpointRecords(await this.#reads.all('coverage', this.#partition(ENDPOINTS)));
  }

  /** Undefined until the first entry is wholly projected. */
  async readWatermark(endpointId: string): Promise<Watermark | undefined> {
    const Key = { connectionId: watermarkId(endpointId) };
    const item = await this.#reads.get('coverage', { TableName: this.#options.connectionsTable, Key });
    const mark = item && fromWatermarkItem(endpointId, item);
    return mark && mark.entry >= 0 ? mark : undefined;
  }

  /** The gaps of a log that touch the time from `since` to `until`, oldest first. Reads few others, unless they overlap. */
  async readGaps({ endpointId, gapsOverlap }: Head, since: Instant, until: Instant): Promise<GapNote[]> {
    const all = this.#partition(gapsOf(endpointId), FIRST_KEY, until);
    if (gapsOverlap) return (await this.#reads.all('coverage', all)).map(toGapNote).filter(({ end }) => end >= since);
    const gaps: GapNote[] = [];
    let after: QueryCommandInput['ExclusiveStartKey'];
    do {
      const query = { ...all, ScanIndexForward: false, Limit: 25, ExclusiveStartKey: after };
      const page = await this.#reads.query('coverage', query);
      for (const gap of page.items.map(toGapNote)) {
        // All gaps before one that ended too early also did.
        if (gap.end < since) return gaps.toReversed();
        gaps.push(gap);
      }
      after = page.next;
    } while (after);
    return gaps.toReversed();
  }

  async readFailures(endpointId: string | undefined, since: Instant, until: Instant): Promise<FailureNote[]> {
    const items = await this.#reads.all('coverage', this.#partition(failuresOf(endpointId), since, `${until}$`));
    return items.map(toFailureNote);
  }

  /** When AWS last listed no endpoint of a target, by the target's name. */
  async readListings(): Promise<ReadonlyMap<string, Instant>> {
    const items = await this.#reads.all('coverage', this.#partition(TARGETS));
    return new Map(items.map(toListing));
  }

  async readManifest(endpointId: string, slot: Instant): Promise<ManifestItem | undefined> {
    const Key = manifestKey(endpointId, slot);
    const item = await this.#reads.get('snapshot', { TableName: this.#options.snapshotsTable, Key });
    return item && toManifestItem(item);
  }

  /** At most `limit` manifests with slots from `since` (otherwise the first) to `until` (otherwise the last), oldest first. */
  async readManifests(
    endpointId: string,
    since: Instant | undefined,
    until: Instant | undefined,
    limit: number,
    purpose: ReadPurpose = 'snapshot',
  ): Promise<ManifestItem[]> {
    return (await this.#reads.all(purpose, this.#partition(endpointId, since, until), limit)).map(toManifestItem);
  }

  /** A chunk's stored bytes; undefined where there is no such chunk. */
  async readChunk(endpointId: string, reference: ChunkReference): Promise<Uint8Array | undefined> {
    const { snapshotsTable: TableName } = this.#options;
    const items = itemHashes(reference).map((sha256) =>
      this.#reads.get('snapshot', { TableName, Key: chunkKey(endpointId, sha256) }),
    );
    return joinParts((await Promise.all(items)).map((item) => item?.rows));
  }

  #isKept({ expiresAt }: Item): boolean {
    return typeof expiresAt !== 'number' || expiresAt * 1000 > this.#options.now().getTime();
  }

  #partition(partition: string, from?: string, to?: string): QueryCommandInput {
    return partitionQuery(this.#options.snapshotsTable, partition, from, to);
  }
}

function toManifestItem(item: Item): ManifestItem {
  const text = String(item.manifest);
  judge(`The manifest of ${String(item.endpointId)} at ${String(item.slot)}`, item, MANIFEST_HASHES_JUDGES);
  const hashes = { leafHash: item.leafHash as Uint8Array, root: item.root as Uint8Array };
  return { manifest: readManifestItem(item), text, ...hashes };
}

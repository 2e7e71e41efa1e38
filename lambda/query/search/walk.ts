import type { DynamoDbTrailReads, IndexStretch } from '../../dynamodb/trail-reads.ts';
import type { Connection } from '../../trail/connection.ts';
import { hasMoved } from '../../trail/identities.ts';
import { type Instant, later } from '../../trail/time.ts';
import type { Stream } from './stream.ts';

/**
 * One step of a walk down a stream: everything at or above `position` (a sort key `start`) has been read, and the
 * connection, if any, is at that position.
 */
export interface Step {
  readonly position: string;
  readonly connection?: Connection;
  /** When the connection's address was given to the next one. */
  readonly addressTakenAt?: Instant;
}

/** The ports and limits of a walk. */
export interface WalkOptions {
  readonly reads: Pick<DynamoDbTrailReads, 'readIndex'>;
  /** Items per request. */
  readonly pageSize: number;
  /** The sort key where the page before ended, exclusive. */
  readonly before: string | undefined;
}

/** The key that connections sort by in most indexes: established, then connection id. */
export function startOf({ establishedAt, connectionId }: Pick<Connection, 'establishedAt' | 'connectionId'>): string {
  return `${establishedAt}#${connectionId}`;
}

/** Walks down a stream, newest established first. */
export async function* walk(stream: Stream, options: WalkOptions): AsyncGenerator<Step> {
  yield* stream.isAddress ? walkAddress(stream, options) : walkStretches(stream.stretches, options);
  if (stream.earlier) yield* walkEarlier(stream.earlier, options);
}

async function* walkStretches(stretches: Iterable<IndexStretch>, options: WalkOptions): AsyncGenerator<Step> {
  for (const stretch of stretches) {
    for await (const connections of pagesOf(stretch, options)) {
      for (const connection of connections) {
        const position = startOf(connection);
        if (position !== options.before) yield { position, connection };
      }
    }
    // End of a day: the walk may stop here although it has found nothing. The last day is read only down to the floor.
    const day = stretch.partition.split('#').at(-1) ?? '';
    if (stretch.index === 'byEndpointDay') yield { position: later(day, stretch.from ?? '') };
  }
}

async function* pagesOf(
  stretch: IndexStretch,
  { reads, pageSize }: WalkOptions,
): AsyncGenerator<readonly Connection[]> {
  let page = await reads.readIndex(stretch, pageSize);
  yield page.connections;
  while (page.next) {
    page = await reads.readIndex(stretch, pageSize, page.next);
    yield page.connections;
  }
}

/**
 * Walks down the holders of one address. The start of the next holder bounds each one's end, unless both were established in
 * the same second. Stops after the first connection established before the window: it was the holder when the
 * window began.
 */
async function* walkAddress({ stretches, untilHolderBefore }: Stream, options: WalkOptions): AsyncGenerator<Step> {
  for (const stretch of stretches) {
    let { established, takenAt } = await holdersAfter(stretch, options);
    let holder: Instant | undefined;
    for await (const connections of pagesOf(stretch, options)) {
      for (const connection of connections) {
        const position = startOf(connection);
        if (established !== undefined && connection.establishedAt < established) takenAt = established;
        if (position !== options.before) {
          yield { position, connection, ...(takenAt === undefined ? {} : { addressTakenAt: takenAt }) };
        }
        // One that has the address since an unknown time bounds nobody, and others may have had it after its start (ADR 30).
        if (hasMoved(connection)) continue;
        established = connection.establishedAt;
        if (untilHolderBefore !== undefined && established < untilHolderBefore) holder ??= established;
      }
      if (holder !== undefined && established !== undefined && established < holder) return;
    }
  }
}

/** The next holders of an address at the start of a later page: the page before may have ended at another address. */
async function holdersAfter(
  { index, partition }: IndexStretch,
  { reads, before }: WalkOptions,
): Promise<{ established?: Instant; takenAt?: Instant }> {
  if (before === undefined) return {};
  const onwards: IndexStretch = { index, partition, from: before.slice(0, SECOND_CHARACTERS), order: 'ascending' };
  let established: Instant | undefined;
  for await (const connections of pagesOf(onwards, { reads, pageSize: FEW, before: undefined })) {
    for (const connection of connections) {
      const { establishedAt } = connection;
      if (hasMoved(connection)) continue;
      established ??= establishedAt;
      if (establishedAt !== established) return { established, takenAt: establishedAt };
    }
  }
  return established === undefined ? {} : { established };
}

const SECOND_CHARACTERS = '2026-11-22T14:03:00Z'.length;
/** More connections rarely begin with one address in one second. */
const FEW = 4;

async function* walkEarlier(
  { established, stretches }: NonNullable<Stream['earlier']>,
  options: WalkOptions,
): AsyncGenerator<Step> {
  const found = await Promise.all(stretches.map((stretch) => readWhole(stretch, options)));
  const connections = found.flat().filter((connection) => connection.establishedAt < established);
  const steps = connections.map((connection) => ({ position: startOf(connection), connection }));
  const left = steps.filter(({ position }) => options.before === undefined || position < options.before);
  yield* left.sort((one, other) => (one.position < other.position ? 1 : -1));
}

async function readWhole(stretch: IndexStretch, { reads }: WalkOptions): Promise<Connection[]> {
  const found: Connection[] = [];
  for await (const page of pagesOf(stretch, { reads, pageSize: WHOLE_PAGE, before: undefined })) found.push(...page);
  return found;
}

/** DynamoDB ends a page at 1 MB by itself. */
const WHOLE_PAGE = 5000;

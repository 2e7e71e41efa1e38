import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { Connection } from '../trail/connection.ts';
import { hasExpired, type Manifest } from '../trail/snapshot.ts';
import { readLines } from '../trail/snapshot-reader.ts';
import { addSeconds, type Instant } from '../trail/time.ts';
import type { AskedWindow } from './answer-coverage.ts';
import type { EndpointState } from './endpoint-state.ts';
import { chunksFor, linesOf } from './newest-snapshot.ts';

/** A row of a connection in a snapshot: one line of the chunk that holds it. */
export interface SightingLines {
  readonly manifest: Manifest;
  /** SHA-256 of the chunk's lines, hexadecimal. */
  readonly chunk: string;
  /** The chunk's number in the snapshot, from 0. */
  readonly chunkIndex: number;
  readonly lines: readonly string[];
}

/** Snapshots read at a time: each takes one or two chunks of up to 350 KB, gunzipped some MB. */
const AT_ONCE = 6;
/** A slot is recorded within its interval, at most fifteen minutes; after that it was late. */
const SLACK_SECONDS = 3600;

/**
 * Reads the rows of a connection from the snapshots between its first and its last one.
 *
 * @param asked `from`: the slot to begin with; `limit`: snapshots to read
 * @returns them, oldest first; the slots whose rows have expired; and the last slot that was read, if there are more
 */
export async function readSightings(
  reads: DynamoDbTrailReads,
  connection: Connection,
  state: EndpointState | undefined,
  asked: AskedWindow & { readonly from?: Instant | undefined; readonly limit: number },
  now: Date,
) {
  const { endpointId, firstSlot, lastSlot } = connection;
  const from =
    [firstSlot, ...(asked.since ? [addSeconds(asked.since, -SLACK_SECONDS)] : [])].sort().at(-1) ?? firstSlot;
  const last = lastSlot ?? state?.head?.slot ?? firstSlot;
  const to = asked.until !== undefined && asked.until < last ? asked.until : last;
  const start = asked.from ?? from;
  const items = start > to ? [] : await reads.readManifests(endpointId, start, to, asked.limit);
  const { since = '', until = '~' } = asked;
  const wanted = items.filter(({ manifest: { kind, f } }) => kind === 'snapshot' && f >= since && f <= until);
  const [expired = [], left = []] = [true, false].map((is) =>
    wanted.filter(({ manifest }) => hasExpired(manifest, now) === is),
  );
  const sightings = await fewAtOnce(left, AT_ONCE, ({ manifest }) => sightingIn(reads, manifest, connection));
  const end = items.at(-1)?.manifest.slot;
  return {
    sightings: sightings.flatMap((sighting) => sighting ?? []),
    expired: expired.map(({ manifest }) => manifest.slot),
    ...(items.length === asked.limit && end !== undefined && end < to ? { last: end } : {}),
  };
}

/** The rows of a connection in a snapshot, and the chunk that holds them; undefined if it is not in it. */
export async function sightingIn(
  reads: DynamoDbTrailReads,
  manifest: Manifest,
  { connectionId }: Pick<Connection, 'connectionId'>,
): Promise<SightingLines | undefined> {
  for (const { reference, index } of chunksFor(manifest, connectionId)) {
    const lines = linesOf(await readLines(reads, manifest, reference), connectionId);
    if (lines.length > 0) return { manifest, chunk: reference.sha256, chunkIndex: index, lines };
  }
  return undefined;
}

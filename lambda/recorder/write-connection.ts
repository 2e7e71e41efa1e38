import type { Connection } from '../trail/connection.ts';
import { isMisdated, isOdd } from '../trail/misdated.ts';
import type { Projection } from '../trail/ports.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { toMilliseconds } from '../trail/time.ts';

/** The changes of a projection. */
export interface Projected {
  readonly opened: number;
  readonly ended: number;
  /** Connections first missing, ends inferred, contradictions, addresses shared, former identities, times that contradict each other. */
  readonly anomalies: number;
}

export const NOTHING: Projected = { opened: 0, ended: 0, anomalies: 0 };

/** Connections that are read and written together: the limit of BatchGetItem (DynamoDB API reference). */
export const BATCH = 100;

/** Another projector may write between our read and our write; each conflict means that one of the two made progress. */
const TRIES = 5;

/** Where connections are written, and how long ended ones are kept (absent: forever). */
export interface ConnectionWriter {
  readonly projection: Projection;
  readonly retentionDays?: number | undefined;
  /** Awaited before an odd connection is written: the watermark must not say that there is none. */
  readonly beforeOdd?: (() => Promise<void>) | undefined;
}

/**
 * Folds an entry into a connection and writes the result, unless the entry was applied already.
 *
 * @param read the connection as read before
 * @param fold returns the new state; the same object, or undefined, if there is nothing to write
 */
export async function writeFolded(
  { projection, retentionDays, beforeOdd }: ConnectionWriter,
  id: string,
  read: Connection | undefined,
  manifest: Manifest,
  fold: (connection: Connection | undefined) => Connection | undefined,
): Promise<Projected> {
  let connection = read;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (connection && isFolded(connection, manifest)) return countOf(connection, manifest);
    const folded = fold(connection);
    if (!folded || folded === connection) return NOTHING;
    if (isOdd(folded)) await beforeOdd?.();
    if (await projection.writeConnection(folded, connection?.lastEntry, expiryOf(folded, manifest, retentionDays))) {
      return { ...countOf(folded, manifest), ended: Number(!connection?.end && folded.end !== undefined) };
    }
    connection = (await projection.readConnections([id])).get(id);
  }
  throw new Error(`connection ${id} was written by others ${TRIES} times while it was being projected`);
}

/** The sum of what was changed. */
export function add(a: Projected, b: Projected): Projected {
  return { opened: a.opened + b.opened, ended: a.ended + b.ended, anomalies: a.anomalies + b.anomalies };
}

/** Cuts a sequence into arrays of a size; the last may be shorter. */
export function* inBatches<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const one of all) {
    if (batch.push(one) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Whether the entry was applied already, or the connection belongs to another log (ids are unique, so that should not happen). */
function isFolded(connection: Connection, manifest: Manifest): boolean {
  return connection.lastEntry >= manifest.entry || connection.endpointId !== manifest.endpointId;
}

/** Counted from the state only, so that a retry counts the same. */
function countOf(connection: Connection, manifest: Manifest): Projected {
  if (connection.lastEntry !== manifest.entry || connection.endpointId !== manifest.endpointId) return NOTHING;
  const { unlistedSince, contradictions, sharesAddress, former, end } = connection;
  const isAnomaly =
    unlistedSince || contradictions || sharesAddress || former || end?.kind === 'inferred' || isMisdated(connection);
  return {
    opened: Number(connection.firstSlot === manifest.slot),
    ended: Number(connection.end !== undefined && !connection.contradictions),
    anomalies: Number(Boolean(isAnomaly)),
  };
}

function expiryOf(connection: Connection, manifest: Manifest, retentionDays: number | undefined): number | undefined {
  if (retentionDays === undefined || !connection.end) return undefined;
  return toMilliseconds(manifest.f) / 1000 + retentionDays * 86_400;
}

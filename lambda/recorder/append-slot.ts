import type { Archive } from '../trail/archive.ts';
import type { SnapshotRows } from '../trail/changes.ts';
import { isFarAhead } from '../trail/clocks.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import type { GapNote, Projection, SnapshotLog } from '../trail/ports.ts';
import type { Signer } from '../trail/signed-note.ts';
import type { Manifest, StoredRow } from '../trail/snapshot.ts';
import { readRows } from '../trail/snapshot-reader.ts';
import { addSeconds, type Instant, toInstant } from '../trail/time.ts';
import { appendClosing, appendSnapshot, type EntryContext } from './append.ts';
import { type Capture, type CapturePorts, captureConnections } from './capture.ts';
import type { ExpectedEndpoint } from './endpoints.ts';
import { SlotAhead, StoreError, toFailure } from './failures.ts';
import type { EndpointOutcome } from './summary.ts';

/** The ports for recording one endpoint. */
export interface EndpointPorts extends CapturePorts {
  readonly log: SnapshotLog;
  readonly projection: Projection;
  readonly archive: Archive;
  readonly signer: Signer;
  /** Write units consumed so far for this endpoint. */
  readonly writeUnits: () => number;
}

/** How one endpoint is recorded. */
export interface EndpointRun extends EntryContext {
  readonly pageSize: number;
  /** The time of the list of endpoints by AWS's clock and the machine's; by the machine's alone, if there is no list. */
  readonly listedAt: Pick<Capture, 'f' | 'ownF'>;
  readonly captureDeadline: AbortSignal;
  /** Stops the projection; the next run continues it. */
  readonly deadline?: Date | undefined;
  /** Told of each error with its cause, for the logs. */
  readonly onError?: ((endpointId: string, failure: Failure, error: unknown) => void) | undefined;
}

/** The outcome of a slot: appended now or before, or not at all. */
export interface Appended {
  readonly outcome: EndpointOutcome['outcome'];
  readonly manifest?: Manifest;
  readonly gap?: GapNote | undefined;
  /** The captured rows, in memory, readable once. */
  readonly atHand?: SnapshotRows;
  /** The stored bytes of the snapshot's chunks, by their hash, for the archive. */
  readonly packed?: ReadonlyMap<string, Uint8Array>;
}

/** How often a capture is repeated because another recorder has appended in the meantime. */
const TRIES = 3;

/**
 * Captures the slot and appends it to the log; or finds it in the log already; or closes a log that expects no more
 * entries.
 *
 * @throws the capture's errors; StoreError
 */
export async function appendSlot(
  ports: EndpointPorts,
  run: EndpointRun,
  endpoint: ExpectedEndpoint,
): Promise<Appended> {
  let head = endpoint.head;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const place = await placeOf(ports.log, run, head);
    if ('outcome' in place) return place;
    const appended = await appendOnce(ports, { ...run, ...place }, endpoint, head);
    if (appended) return appended;
    head = await ports.log.readHead(run.endpointId);
  }
  throw new StoreError(`the log was appended to by others ${TRIES} times during the capture`);
}

/**
 * The slot of the run's entry. If the log has the scheduled slot already, from an earlier run, or a later one: that outcome. If the
 * log's last slot is ahead of AWS's time, or the machine's clock was set back behind it, scheduled slots would all be too early for a
 * long time: then the entry gets the next second after the last slot (ADR 31).
 */
async function placeOf(
  log: SnapshotLog,
  run: EndpointRun,
  head: Head | undefined,
): Promise<Appended | Pick<EntryContext, 'slot' | 'scheduledSlot'>> {
  const { endpointId, slot } = run;
  if (!head || slot > head.slot) return { slot };
  const manifest = await log.readManifest(endpointId, slot);
  if (manifest && scheduledOf(manifest) === slot) return { outcome: 'already-committed', manifest };
  const newest = await log.readManifest(endpointId, head.slot);
  const { f, ownF } = run.listedAt;
  const isTimeOdd = isFarAhead(head.slot, f) || isFarAhead(f, ownF);
  if (!newest?.scheduledSlot && !isTimeOdd) return { outcome: 'superseded' };
  let entry = newest;
  for (; entry?.scheduledSlot && entry.scheduledSlot > slot; ) {
    entry = entry.previousSlot === undefined ? undefined : await log.readManifest(endpointId, entry.previousSlot);
  }
  if (entry?.scheduledSlot === slot) return { outcome: 'already-committed', manifest: entry };
  return entry === newest ? { slot: addSeconds(head.slot, 1), scheduledSlot: slot } : { outcome: 'superseded' };
}

const scheduledOf = ({ slot, scheduledSlot = slot }: Manifest): Instant => scheduledSlot;

/** Undefined if another recorder has appended since the head was read. */
async function appendOnce(
  ports: EndpointPorts,
  run: EndpointRun,
  endpoint: ExpectedEndpoint,
  head: Head | undefined,
): Promise<Appended | undefined> {
  if (head && !endpoint.configured) {
    const at = toInstant(ports.now());
    const closed = await store(() =>
      appendClosing(ports.log, run, head, { because: 'not-configured', at, requestIds: [] }),
    );
    return closed && { outcome: 'closed', ...closed };
  }
  try {
    const capture = await captureConnections(ports, run, run.captureDeadline);
    const { scheduledSlot = run.slot } = run;
    if (isFarAhead(scheduledSlot, capture.f)) throw new SlotAhead(scheduledSlot, capture.f, capture.ownF);
    const appended = await store(() => appendSnapshot(ports.log, run, head, capture));
    return (
      appended && {
        outcome: 'committed',
        ...appended,
        atHand: {
          manifest: appended.manifest,
          rows: atHandOnce(capture.rows, () => readRows(ports.log, appended.manifest)),
        },
      }
    );
  } catch (error) {
    const { reason, requestId } = toFailure(error);
    const unlisted = endpoint.unlistedAt;
    // Two answers of AWS say that it is deleted: it is not listed, and its id is unknown.
    if (reason !== 'endpoint-not-found' || !head || !unlisted) throw error;
    const requestIds = requestId === undefined ? [] : [requestId];
    const closed = await store(() =>
      appendClosing(ports.log, run, head, {
        because: 'endpoint-deleted',
        at: unlisted.f,
        ownAt: unlisted.ownF,
        requestIds,
      }),
    );
    return closed && { outcome: 'closed', ...closed };
  }
}

/**
 * Rows that are released after they were read, to free memory while connections are written. If they are needed again, to
 * compare with an entry that another recorder has appended, they are read from the log.
 */
function atHandOnce(rows: readonly StoredRow[], again: () => SnapshotRows['rows']): SnapshotRows['rows'] {
  let held: readonly StoredRow[] | undefined = rows;
  return {
    async *[Symbol.asyncIterator]() {
      const stretch = held;
      held = undefined;
      if (stretch) yield stretch;
      else yield* again();
    },
  };
}

async function store<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreError('the snapshot could not be stored', { cause: error });
  }
}

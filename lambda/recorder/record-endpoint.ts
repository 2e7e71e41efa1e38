import type { SnapshotRows } from '../trail/changes.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import type { GapNote, Projection, SnapshotLog } from '../trail/ports.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { toInstant } from '../trail/time.ts';
import { appendClosing, appendSnapshot, type EntryContext } from './append.ts';
import { type CapturePorts, captureConnections } from './capture.ts';
import type { ExpectedEndpoint } from './endpoints.ts';
import { ProjectionUnfinished, StoreError, Superseded, toFailure } from './failures.ts';
import { projectLog } from './project.ts';
import type { EndpointOutcome } from './summary.ts';
import { NOTHING, type Projected } from './write-connection.ts';

/** What recording one endpoint reaches the world through. */
export interface EndpointPorts extends CapturePorts {
  readonly log: SnapshotLog;
  readonly projection: Projection;
  /** Write units consumed so far for this endpoint. */
  readonly writeUnits: () => number;
}

/** How one endpoint is recorded. */
export interface EndpointRun extends EntryContext {
  readonly pageSize: number;
  /** Aborts the capture. */
  readonly captureDeadline: AbortSignal;
  /** Ends the projection; the next run goes on with it. */
  readonly deadline?: Date | undefined;
  /** Told of each error with its cause, for the logs. */
  readonly onError?: ((endpointId: string, failure: Failure, error: unknown) => void) | undefined;
}

/**
 * Finishes the projection of a closed log, where a crash right after its closing entry left it behind.
 *
 * @returns undefined where there was nothing to finish
 */
export async function finishClosed(
  ports: EndpointPorts,
  run: EndpointRun,
  head: Head,
): Promise<EndpointOutcome | undefined> {
  const appended: Appended = { outcome: 'already-committed' };
  try {
    const mark = await ports.projection.readWatermark(head.endpointId);
    if (mark && mark.entry >= head.entry) return undefined;
    return outcomeOf(ports, run, appended, await project(ports, run, undefined), undefined);
  } catch (error) {
    return outcomeOf(ports, run, appended, NOTHING, await note(ports, run, error));
  }
}

interface Appended {
  readonly outcome: EndpointOutcome['outcome'];
  readonly manifest?: Manifest;
  readonly gap?: GapNote | undefined;
  readonly atHand?: SnapshotRows;
}

/** How often a capture is begun anew because another recorder has appended in the meantime. */
const TRIES = 3;

/**
 * Records one endpoint at the slot: captures and appends, unless the log is already there, and projects what is not yet
 * projected. Evidence comes first: a projection that lags behind never keeps a snapshot from being taken. Never throws:
 * what failed is noted in the trail and stands in the outcome.
 */
export async function recordEndpoint(
  ports: EndpointPorts,
  run: EndpointRun,
  endpoint: ExpectedEndpoint,
): Promise<EndpointOutcome> {
  let appended: Appended = { outcome: 'failed' };
  let failure: Failure | undefined;
  try {
    appended = await append(ports, run, endpoint);
    if (appended.outcome === 'superseded') await note(ports, run, new Superseded());
  } catch (error) {
    failure = await note(ports, run, error);
  }
  try {
    // Also after a failure: what earlier runs left over can be projected all the same.
    const projected = await project(ports, run, appended.atHand);
    return outcomeOf(ports, run, appended, projected, failure);
  } catch (error) {
    failure ??= await note(ports, run, error);
    return outcomeOf(ports, run, appended, NOTHING, failure);
  }
}

async function append(ports: EndpointPorts, run: EndpointRun, endpoint: ExpectedEndpoint): Promise<Appended> {
  let head = endpoint.head;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (head && run.slot <= head.slot) return await findSlot(ports.log, run, head);
    const appended = await appendOnce(ports, run, endpoint, head);
    if (appended) return appended;
    head = await ports.log.readHead(run.endpointId);
  }
  throw new StoreError(`the log was appended to by others ${TRIES} times during the capture`);
}

/** The log is at the slot, or past it: by an earlier run at this slot, or without one. */
async function findSlot(log: SnapshotLog, run: EndpointRun, head: Head): Promise<Appended> {
  const manifest = await log.readManifest(run.endpointId, run.slot);
  if (!manifest) return { outcome: head.slot === run.slot ? 'already-committed' : 'superseded' };
  return { outcome: 'already-committed', manifest };
}

/** Undefined where another recorder has appended since the head was read. */
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
    const appended = await store(() => appendSnapshot(ports.log, run, head, capture));
    return (
      appended && {
        outcome: 'committed',
        ...appended,
        atHand: { manifest: appended.manifest, rows: once(capture.rows) },
      }
    );
  } catch (error) {
    const { reason, requestId } = toFailure(error);
    const at = endpoint.unlistedAt;
    // Deleted, by two of AWS's answers: the list is without it, and it is unknown.
    if (reason !== 'endpoint-not-found' || !head || head.state === 'closed' || at === undefined) throw error;
    const requestIds = requestId === undefined ? [] : [requestId];
    const closed = await store(() =>
      appendClosing(ports.log, run, head, { because: 'endpoint-deleted', at, requestIds }),
    );
    return closed && { outcome: 'closed', ...closed };
  }
}

/** One stretch that is let go of once it was read: while connections are written, memory is not needed for rows. */
function* once<T>(stretch: T): Generator<T> {
  yield stretch;
}

async function store<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreError('the snapshot could not be stored', { cause: error });
  }
}

async function project(ports: EndpointPorts, run: EndpointRun, atHand: SnapshotRows | undefined): Promise<Projected> {
  const { log, projection, now } = ports;
  const { retentionDays, deadline } = run;
  try {
    return await projectLog({ log, projection, now, retentionDays, deadline, atHand }, run.endpointId);
  } catch (error) {
    if (error instanceof ProjectionUnfinished) throw error;
    throw new StoreError('the log could not be projected; the next run goes on with it', { cause: error });
  }
}

/** Notes a failure in the trail, if the trail can be written. */
async function note(ports: EndpointPorts, run: EndpointRun, error: unknown): Promise<Failure> {
  const failure = toFailure(error);
  run.onError?.(run.endpointId, failure, error);
  const at = toInstant(ports.now());
  // Where the store is what fails, the run's outcome still says so.
  await ports.log.noteFailure(run.endpointId, run.slot, { ...failure, at }).catch(() => undefined);
  return failure;
}

function outcomeOf(
  ports: EndpointPorts,
  run: EndpointRun,
  { outcome, manifest, gap }: Appended,
  { opened, ended, anomalies }: Projected,
  failure: Failure | undefined,
): EndpointOutcome {
  const { connections = 0, rows = 0, unidentified = 0, unparsed, pages = 0 } = manifest ?? {};
  return {
    endpointId: run.endpointId,
    outcome: failure ? 'failed' : outcome,
    ...(failure ? { failure } : {}),
    connections,
    opened,
    ended,
    unparsed: unparsed?.count ?? 0,
    unidentified,
    anomalies: anomalies + rows - connections - unidentified,
    pages,
    writeUnits: ports.writeUnits(),
    ...(manifest ? { capturedAt: manifest.f } : {}),
    ...(gap ? { gap } : {}),
  };
}

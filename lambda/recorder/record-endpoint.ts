import type { SnapshotRows } from '../trail/changes.ts';
import { skewOf } from '../trail/clocks.ts';
import type { Failure, Unfinished } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import { present } from '../trail/present.ts';
import { toInstant } from '../trail/time.ts';
import { anchorLog } from './anchor.ts';
import { type Appended, appendSlot, type EndpointPorts, type EndpointRun } from './append-slot.ts';
import type { ExpectedEndpoint } from './endpoints.ts';
import { ProjectionUnfinished, SlotAhead, StoreError, Superseded, toFailure } from './failures.ts';
import { projectLog } from './project.ts';
import type { EndpointOutcome } from './summary.ts';
import { NOTHING, type Projected } from './write-connection.ts';

/**
 * Completes the checkpoint and the projection of a closed log after a crash right after its closing entry.
 *
 * @returns undefined if there was nothing to complete
 */
export async function finishClosed(
  ports: EndpointPorts,
  run: EndpointRun,
  head: Head,
): Promise<EndpointOutcome | undefined> {
  const appended: Appended = { outcome: 'already-committed' };
  try {
    const [mark, checkpoint] = await Promise.all([
      ports.projection.readWatermark(head.endpointId),
      ports.log.readCheckpoint(head.endpointId),
    ]);
    if (mark && mark.entry >= head.entry && checkpoint && checkpoint.size > head.entry) return undefined;
    await anchorLog(ports, head.endpointId);
    return outcomeOf(ports, run, appended, await project(ports, run, undefined), undefined);
  } catch (error) {
    return outcomeOf(ports, run, appended, NOTHING, await note(ports, run, error, 'projection'));
  }
}

/**
 * Records one endpoint at the slot: captures and appends, unless the log has the slot already; signs and archives its checkpoint;
 * and projects the rest. Evidence comes first: a projection that lags behind never prevents a snapshot. Never throws:
 * failures are noted in the trail and in the outcome (ADR 3).
 */
export async function recordEndpoint(
  ports: EndpointPorts,
  run: EndpointRun,
  endpoint: ExpectedEndpoint,
): Promise<EndpointOutcome> {
  let appended: Appended = { outcome: 'failed' };
  let failure: Failure | undefined;
  try {
    appended = await appendSlot(ports, run, endpoint);
    if (appended.outcome === 'superseded') await note(ports, run, new Superseded());
  } catch (error) {
    failure = await note(ports, run, error);
  }
  try {
    // What is left of the time is shared with the projection.
    const deadline = run.deadline && new Date((ports.now().getTime() + run.deadline.getTime()) / 2);
    await anchorLog({ ...ports, packed: appended.packed, deadline }, run.endpointId);
  } catch (error) {
    failure = both(failure, await note(ports, run, error, 'checkpoint'));
  }
  try {
    // Also after a failure: work left by earlier runs can still be projected.
    const projected = await project(ports, run, appended.atHand);
    return outcomeOf(ports, run, appended, projected, failure);
  } catch (error) {
    failure = both(failure, await note(ports, run, error, 'projection'));
    return outcomeOf(ports, run, appended, NOTHING, failure);
  }
}

async function project(ports: EndpointPorts, run: EndpointRun, atHand: SnapshotRows | undefined): Promise<Projected> {
  const { log, projection, now } = ports;
  const { retentionDays, deadline } = run;
  try {
    return await projectLog(
      { log, projection, now, retentionDays, deadline, atHand: atHand && [atHand] },
      run.endpointId,
    );
  } catch (error) {
    if (error instanceof ProjectionUnfinished || error instanceof StoreError) throw error;
    throw new StoreError('the log could not be projected; the next run goes on with it', { cause: error });
  }
}

/** The first failure counts. If it left the log written, so did the second one. */
function both(first: Failure | undefined, second: Failure): Failure {
  if (!first?.unfinished) return first ?? second;
  return { ...first, unfinished: [...first.unfinished, ...(second.unfinished ?? [])] };
}

/**
 * Notes a failure in the trail, if the trail can be written; but nothing under a slot, at a time, that cannot be right.
 *
 * @param unfinished what failed, if it was not the snapshot
 */
async function note(ports: EndpointPorts, run: EndpointRun, error: unknown, unfinished?: Unfinished): Promise<Failure> {
  const failure = { ...toFailure(error), ...(unfinished ? { unfinished: [unfinished] } : {}) };
  run.onError?.(run.endpointId, failure, error);
  if (error instanceof SlotAhead) return failure;
  const at = toInstant(ports.now());
  // If the store itself fails, the run's outcome still says so.
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
  const {
    connections = 0,
    rows = 0,
    unidentified = 0,
    unparsed,
    pages = 0,
    clocksDiffer,
    scheduledSlot,
  } = manifest ?? {};
  const inParts = (manifest?.chunks ?? []).flatMap(({ first, parts }) =>
    parts
      ? [{ connectionId: first, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), parts: parts.length }]
      : [],
  );
  return {
    endpointId: run.endpointId,
    outcome: failure ? 'failed' : outcome,
    ...(failure && outcome !== 'failed' ? { appended: outcome } : {}),
    connections,
    opened,
    ended,
    unparsed: unparsed?.count ?? 0,
    unidentified,
    anomalies: anomalies + rows - connections - unidentified + Number(clocksDiffer ?? 0) + (scheduledSlot ? 1 : 0),
    ...(inParts.length > 0 ? { inParts } : {}),
    pages,
    writeUnits: ports.writeUnits(),
    ...(manifest && clocksDiffer ? { skewSeconds: skewOf(manifest) ?? 0 } : {}),
    ...(manifest && scheduledSlot ? { recordedAs: manifest.slot } : {}),
    ...present({ failure, capturedAt: manifest?.f, closedBecause: manifest?.closedBecause, gap }),
  };
}

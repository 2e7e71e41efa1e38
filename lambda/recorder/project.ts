import { type Change, changesBetween, type SnapshotRows } from '../trail/changes.ts';
import type { Connection } from '../trail/connection.ts';
import { foldInferredEnd, foldSighting, foldUnlisted } from '../trail/fold.ts';
import type { Watermark } from '../trail/head.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { readPair, type SnapshotPair } from '../trail/snapshot-reader.ts';
import { ProjectionUnfinished, StoreError } from './failures.ts';
import { endUnlisted, provenEnd } from './unlisted.ts';
import {
  add,
  BATCH,
  type ConnectionWriter,
  inBatches,
  NOTHING,
  type Projected,
  writeFolded,
} from './write-connection.ts';

/** The ports of the projection. */
export interface ProjectorPorts extends ConnectionWriter {
  readonly log: SnapshotLog;
  readonly now: () => Date;
  /** No batch of writes begins after it. */
  readonly deadline?: Date | undefined;
  /** Snapshots whose rows are in memory, so they need not be read again. */
  readonly atHand?: readonly SnapshotRows[] | undefined;
  readonly onProjected?: (manifest: Manifest) => void;
}

/** Batches between two saved watermarks. */
const BATCHES_A_MARK = 20;

/**
 * Projects all entries of an endpoint's log that are not projected yet, in order. Every write is idempotent, so the next
 * run after a crash, or a concurrent one, can complete partial work.
 *
 * @throws ProjectionUnfinished at the deadline; StoreError if another version's keys are in the table
 */
export async function projectLog(ports: ProjectorPorts, endpointId: string): Promise<Projected> {
  let mark = await ports.projection.readWatermark(endpointId);
  if (mark?.isOutdated) {
    throw new StoreError("the connections have an earlier version's index keys; cvpn-audit rebuild makes them again");
  }
  let total = NOTHING;
  for await (const manifest of ports.log.readManifestsAfter(endpointId, mark?.slot || undefined)) {
    const pair =
      manifest.closedBecause === 'not-configured'
        ? undefined
        : await readPair(ports.log, manifest, ports.now(), ports.atHand);
    const { projected, unlisted } = pair ? await projectPair(ports, manifest, pair, mark) : unchanged(mark);
    mark = { endpointId, entry: manifest.entry, slot: manifest.slot, f: manifest.f, unlisted };
    await ports.projection.saveWatermark(mark);
    total = add(total, projected);
    ports.onProjected?.(manifest);
  }
  return total;
}

interface PairProjected {
  readonly projected: Projected;
  readonly unlisted: Watermark['unlisted'];
}

function unchanged(mark: Watermark | undefined): PairProjected {
  return { projected: NOTHING, unlisted: mark?.unlisted ?? [] };
}

async function projectPair(
  ports: ProjectorPorts,
  manifest: Manifest,
  pair: SnapshotPair,
  mark: Watermark | undefined,
): Promise<PairProjected> {
  const changes = await Array.fromAsync(changesBetween(pair.before, pair.now));
  const written = await writeChanges(ports, manifest, pair, changes, mark);
  const resolved = await endUnlisted(ports, manifest, mark?.unlisted ?? []);
  const leavesSome = provenEnd(manifest) === undefined && changes.some(({ kind }) => kind === 'vanished');
  return {
    projected: add(written, resolved.projected),
    unlisted: leavesSome ? [...resolved.left, { entry: manifest.entry, slot: manifest.slot }] : resolved.left,
  };
}

async function writeChanges(
  ports: ProjectorPorts,
  manifest: Manifest,
  pair: SnapshotPair,
  changes: readonly Change[],
  mark: Watermark | undefined,
): Promise<Projected> {
  const { endpointId } = manifest;
  const whole = mark ?? { endpointId, entry: -1, slot: '', f: '', unlisted: [] };
  const left = changes.filter(({ id }) => id > (whole.partialAfter ?? ''));
  let total = NOTHING;
  let batches = 0;
  let partialAfter = whole.partialAfter;
  for (const batch of inBatches(left, BATCH)) {
    const isPast = ports.deadline !== undefined && ports.now() >= ports.deadline;
    if (batches > 0 && (isPast || batches % BATCHES_A_MARK === 0)) {
      await ports.projection.saveWatermark({ ...whole, ...(partialAfter === undefined ? {} : { partialAfter }) });
    }
    if (isPast) throw new ProjectionUnfinished(`the deadline came while ${manifest.slot} was being projected`);
    total = add(total, await writeBatch(ports, manifest, pair, batch));
    partialAfter = batch.at(-1)?.id;
    batches++;
  }
  return total;
}

async function writeBatch(
  ports: ProjectorPorts,
  manifest: Manifest,
  pair: SnapshotPair,
  batch: readonly Change[],
): Promise<Projected> {
  const known = await ports.projection.readConnections(batch.map(({ id }) => id));
  const written = batch.map((change) =>
    writeFolded(ports, change.id, known.get(change.id), manifest, (connection) =>
      foldChange(change, connection, manifest, pair.before?.manifest),
    ),
  );
  return (await Promise.all(written)).reduce(add, NOTHING);
}

function foldChange(
  change: Change,
  connection: Connection | undefined,
  manifest: Manifest,
  before: Manifest | undefined,
): Connection | undefined {
  const previous = 'previous' in change && before ? { row: change.previous, manifest: before } : undefined;
  if (change.kind !== 'vanished') return foldSighting(connection, change.id, { row: change.row, manifest }, previous);
  // AWS reported its end before, but lists it as open.
  if (!connection || !previous || connection.end) return connection;
  const end = provenEnd(manifest);
  return end === undefined
    ? foldUnlisted(connection, previous, manifest)
    : foldInferredEnd(connection, previous, end, manifest);
}

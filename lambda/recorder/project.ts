import { type Change, changesBetween, type SnapshotRows } from '../trail/changes.ts';
import { safeTimes, surelyListedS } from '../trail/clocks.ts';
import type { Connection } from '../trail/connection.ts';
import { foldInferredEnd, foldShared, foldSighting, foldUnlisted } from '../trail/fold.ts';
import type { Watermark } from '../trail/head.ts';
import { uniteNetworks, withAddresses } from '../trail/networks.ts';
import type { Projection, SnapshotLog } from '../trail/ports.ts';
import type { ReadRow } from '../trail/row.ts';
import { readTwice, withShared } from '../trail/shared-address.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { readPair, readRowsBefore, type SnapshotPair } from '../trail/snapshot-reader.ts';
import { addSeconds } from '../trail/time.ts';
import { ProjectionUnfinished, StoreError } from './failures.ts';
import { endsAll, endUnlisted } from './unlisted.ts';
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
  /** Leaves out that connections share an address: no answer shows it, and it depends on more rows than their own. */
  readonly onlyShown?: true;
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
  const stored = await ports.projection.readWatermark(endpointId);
  if (stored?.isOutdated) {
    throw new StoreError("the connections have an earlier version's index keys; cvpn-audit rebuild makes them again");
  }
  const progress = new Progress(ports.projection, endpointId, stored);
  const writing = { ...ports, beforeOdd: () => progress.expectOdd() };
  let total = NOTHING;
  for await (const manifest of ports.log.readManifestsAfter(endpointId, stored?.slot || undefined)) {
    const pair =
      manifest.closedBecause === 'not-configured'
        ? undefined
        : await readPair(ports.log, manifest, ports.now(), ports.atHand);
    const { unlisted } = progress.mark;
    const made = pair ? await projectPair(writing, manifest, pair, progress) : { projected: NOTHING, unlisted };
    const { entry, slot, f } = manifest;
    await progress.save({
      entry,
      slot,
      s: surelyListedS(manifest),
      f,
      unlisted: made.unlisted,
      partialAfter: undefined,
    });
    total = add(total, made.projected);
    ports.onProjected?.(manifest);
  }
  return total;
}

/** How far the log is projected, and what of it the watermark says. */
class Progress {
  mark: Watermark;
  readonly #projection: Projection;
  /** The networks of the stored watermark. */
  #stored: Watermark['networks'];
  #expecting: Promise<void> | undefined;

  constructor(projection: Projection, endpointId: string, stored: Watermark | undefined) {
    this.#projection = projection;
    this.mark = stored ?? { endpointId, entry: -1, slot: '', s: '', f: '', unlisted: [], noneOdd: true, networks: [] };
    this.#stored = stored?.networks;
  }

  async save(changed: Partial<Watermark>): Promise<void> {
    this.mark = { ...this.mark, ...changed };
    const { endpointId, noneOdd, networks } = this.mark;
    if (await this.#projection.saveWatermark(this.mark, this.#stored)) {
      this.#stored = networks;
      return;
    }
    // Another projector has got further; or has met the first odd connection, or other networks: then this one must say so too.
    const stored = await this.#projection.readWatermark(endpointId);
    const isNews = (noneOdd && !stored?.noneOdd) || (networks && String(stored?.networks) !== String(this.#stored));
    this.#stored = stored?.networks;
    if (isNews)
      await this.save({ noneOdd: noneOdd && stored?.noneOdd, networks: networks && uniteStored(networks, stored) });
  }

  /** Before the first connections with these addresses. Until an entry is projected, questions look for any. */
  async expectAddresses(addresses: Iterable<string>): Promise<void> {
    const { entry, networks, partialAfter = '' } = this.mark;
    const united = networks && withAddresses(networks, addresses);
    if (united === networks) return;
    if (entry < 0) this.mark = { ...this.mark, networks: united };
    else await this.save({ partialAfter, networks: united });
  }

  /** Before the first odd connection: once, however many are written at a time. */
  expectOdd(): Promise<void> {
    const { noneOdd, partialAfter = '' } = this.mark;
    this.#expecting ??= noneOdd ? this.save({ partialAfter, noneOdd: undefined }) : Promise.resolve();
    return this.#expecting;
  }
}

/** Networks that a projector of an earlier version has removed are not known any more. */
function uniteStored(networks: readonly string[], stored: Watermark | undefined): Watermark['networks'] {
  return stored?.networks && uniteNetworks(networks, stored.networks);
}

/** The rows are released before connections are written. */
async function changesOf(
  ports: ProjectorPorts,
  { before, now }: SnapshotPair,
  { unlisted }: Watermark,
): Promise<Change[]> {
  const twice = readTwice(now);
  const changes = await Array.fromAsync(changesBetween(before, twice.now));
  if (!before) return withShared(changes, twice.again());
  const { manifest } = before;
  const rows = readRowsBefore(ports.log, now.manifest, unlisted[0]?.slot ?? manifest.slot, ports.now());
  const hasUntil = addSeconds(safeTimes(manifest).s, -manifest.epsilonSeconds);
  return withShared(changes, twice.again(), { hasUntil, rows });
}

async function projectPair(ports: ProjectorPorts, manifest: Manifest, pair: SnapshotPair, progress: Progress) {
  const changes = ports.onlyShown
    ? await Array.fromAsync(changesBetween(pair.before, pair.now))
    : await changesOf(ports, pair, progress.mark);
  await progress.expectAddresses(changes.flatMap((change) => ('row' in change ? addressesIn(change.row) : [])));
  const written = await writeChanges(ports, manifest, pair, changes, progress);
  const resolved = await endUnlisted(ports, manifest, progress.mark.unlisted);
  const leavesSome = !endsAll(manifest) && changes.some(({ kind }) => kind === 'vanished');
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
  progress: Progress,
): Promise<Projected> {
  let { partialAfter = '' } = progress.mark;
  const left = changes.filter(({ id }) => id > partialAfter);
  let total = NOTHING;
  let batches = 0;
  for (const batch of inBatches(left, BATCH)) {
    const isPast = ports.deadline !== undefined && ports.now() >= ports.deadline;
    if (batches > 0 && (isPast || batches % BATCHES_A_MARK === 0)) await progress.save({ partialAfter });
    if (isPast) throw new ProjectionUnfinished(`the deadline came while ${manifest.slot} was being projected`);
    total = add(total, await writeBatch(ports, manifest, pair, batch));
    partialAfter = batch.at(-1)?.id ?? partialAfter;
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

/** The addresses of a row, as AWS writes them. */
function addressesIn({ clientIp, clientIpv6 }: ReadRow): string[] {
  return [clientIp, clientIpv6].filter((address) => address !== undefined);
}

function foldChange(
  change: Change,
  connection: Connection | undefined,
  manifest: Manifest,
  before: Manifest | undefined,
): Connection | undefined {
  const folded = foldRow(change, connection, manifest, before);
  return folded && change.shares ? foldShared(folded, manifest) : folded;
}

function foldRow(
  change: Change,
  connection: Connection | undefined,
  manifest: Manifest,
  before: Manifest | undefined,
): Connection | undefined {
  if (change.kind === 'shared') return connection;
  const previous = 'previous' in change && before ? { row: change.previous, manifest: before } : undefined;
  if (change.kind !== 'vanished') return foldSighting(connection, change.id, { row: change.row, manifest }, previous);
  if (!connection || !previous || connection.end) return connection;
  return endsAll(manifest)
    ? foldInferredEnd(connection, previous, manifest.f, manifest)
    : foldUnlisted(connection, previous, manifest);
}

import type { ReadRecord } from '../../../lambda/export/formats/record.ts';
import { type Filters, matchWindow, passesFilters } from '../../../lambda/query/search/matching.ts';
import { chunkObject } from '../../../lambda/trail/archive.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import type { EvidenceRange, ExportManifest } from '../../../lambda/trail/export-manifest.ts';
import { type Manifest, type StoredRow, unpackChunk } from '../../../lambda/trail/snapshot.ts';
import { toStoredRow } from '../../../lambda/trail/snapshot-reader.ts';
import { addSeconds } from '../../../lambda/trail/time.ts';
import type { TrustedCheckpoint } from '../archived-log.ts';
import type { Findings } from '../fault.ts';
import { type ReplayEntry, replay } from '../replay.ts';
import { verifyChunks } from '../verify-chunks.ts';
import { ExpectedRows } from './expected-rows.ts';
import { provesUntil, verifyExportedCoverage } from './exported-coverage.ts';
import { type ExportedLog, verifyExportedLog } from './exported-log.ts';
import type { ExportCounts, ExportPlace } from './verify-export.ts';

/** What the evidence of one endpoint says the export should hold. */
export interface RecomputedLog {
  readonly endpointId: string;
  readonly expected: ExpectedRows;
  /** Connections that must be in the file. */
  readonly wanted: ReadonlySet<string>;
  readonly hasLostRows: boolean;
}

type Recomputed = ExportPlace & {
  readonly records: ReadonlyMap<string, readonly ReadRecord[]>;
  readonly checkpoints: ReadonlyMap<string, TrustedCheckpoint>;
};

/** Makes the rows again from what came along, endpoint by endpoint. */
export async function recomputeRows(
  place: Recomputed,
  findings: Findings,
  counts: ExportCounts,
): Promise<RecomputedLog[]> {
  const { manifest } = place.signed;
  const ranges = manifest.evidence ?? [];
  for (const { endpointId } of manifest.checkpoints) {
    if (ranges.some((range) => range.endpointId === endpointId)) continue;
    const message = `Nothing came along of the log of ${endpointId}, which the export rests on.`;
    findings.fault({ kind: 'evidence-missing', place: 'export', endpointId, message });
  }
  const logs: RecomputedLog[] = [];
  for (const range of ranges) {
    const checkpoint = place.checkpoints.get(range.endpointId);
    if (checkpoint) logs.push(await recomputeLog(place, range, checkpoint, findings, counts));
  }
  return logs;
}

async function recomputeLog(
  place: Recomputed,
  range: EvidenceRange,
  checkpoint: TrustedCheckpoint,
  findings: Findings,
  counts: ExportCounts,
): Promise<RecomputedLog> {
  const { endpointId } = range;
  const { manifest: exported } = place.signed;
  const log = await verifyExportedLog(place.evidence, range, checkpoint, findings);
  verifyExportedCoverage(log, exported, findings);
  const { manifests } = log;
  const last = manifests.at(-1);
  const settled = exported.coverage.complete
    ? (manifests.find((entry) => provesUntil(entry, exported.window.until)) ?? last)
    : undefined;
  const contents = new SnapshotContents(place, findings, counts);
  const made = await replay(endpointId, contents.read(manifests), settled?.entry ?? -1, {
    now: place.now,
    readChunk: (manifest, { sha256 }) => place.evidence.get(chunkObject(endpointId, manifest.slot, sha256)),
  });
  const expected = new ExpectedRows(made.connections, last?.entry ?? -1);
  for (const [manifest, rows] of contents.kept) expected.addSnapshot(manifest, rows);
  const ids = new Set(place.records.keys());
  for (const other of log.others) {
    if (last && other.entry <= last.entry) continue;
    expected.addSnapshot(other, await readRows(place, other), ids);
  }
  counts.entries += manifests.length + log.others.length;
  const wanted = wantedOf(exported, log, expected, contents.lost > 0);
  return { endpointId, expected, wanted, hasLostRows: contents.lost > 0 };
}

/** The chunks of the stretch, checked; the rows of the newest snapshots are kept, since live connections are filled from them. */
class SnapshotContents {
  readonly kept: [Manifest, readonly StoredRow[]][] = [];
  lost = 0;
  readonly #place: Recomputed;
  readonly #findings: Findings;
  readonly #counts: ExportCounts;

  constructor(place: Recomputed, findings: Findings, counts: ExportCounts) {
    this.#place = place;
    this.#counts = counts;
    this.#findings = { ...findings, fault: (fault) => findings.fault({ ...fault, place: 'export' }) };
  }

  async *read(manifests: readonly Manifest[]): AsyncGenerator<ReplayEntry> {
    const { evidence, now, signal } = this.#place;
    const chunks = { verified: 0, expired: 0 };
    const newest = new Set(manifests.filter(({ kind }) => kind === 'snapshot').slice(-KEPT));
    for (const [index, manifest] of manifests.entries()) {
      signal?.throwIfAborted();
      const sources = { store: undefined, archive: evidence, now };
      const isSnapshot = manifest.kind === 'snapshot';
      const content = isSnapshot ? await verifyChunks(sources, manifest, this.#findings, chunks) : undefined;
      if (isSnapshot && !content) this.lost += 1;
      if (content && newest.has(manifest)) this.kept.push([manifest, content]);
      yield { manifest, content };
      if (index % ENTRIES_A_LINE === 0) {
        this.#findings.progress(`${manifest.endpointId}  ${index + 1} of ${manifests.length} entries verified`);
      }
    }
    this.#counts.chunks += chunks.verified;
    this.#counts.expired += chunks.expired;
  }
}

/** An export takes a while, and its pages are filled from the snapshot that is the newest then. */
const KEPT = 24;
const ENTRIES_A_LINE = 100;

/** Rows of a snapshot beside the stretch: only those chunks came along that hold a row of the export. */
async function readRows({ evidence }: Recomputed, manifest: Manifest): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for (const reference of manifest.chunks) {
    const bytes = await evidence.get(chunkObject(manifest.endpointId, manifest.slot, reference.sha256));
    const lines = bytes && (await unpackChunk(reference, bytes).catch(() => undefined));
    for (const line of lines ?? []) rows.push(toStoredRow(line));
  }
  return rows;
}

/** Those of which every state that the export can have seen is one that the question asks for. */
function wantedOf(
  exported: ExportManifest,
  { manifests }: ExportedLog,
  expected: ExpectedRows,
  hasLostRows: boolean,
): ReadonlySet<string> {
  const last = manifests.at(-1);
  if (exported.kind !== 'search' || !last) return new Set();
  const filters = filtersOf(exported.question);
  const knownThrough = addSeconds(last.f, -last.epsilonSeconds);
  const { match } = exported.window;
  const window = { ...exported.window, match: match === 'started' || match === 'ended' ? match : 'overlap' } as const;
  const isWanted = (state: Connection) =>
    passesFilters(state, filters) &&
    matchWindow(state, window, { epsilonSeconds: last.epsilonSeconds, knownThrough }) === 'certain';
  const wanted = new Set<string>();
  for (const id of expected.ids) {
    const states = expected.statesOf(id);
    // An address has one holder: of one that nobody saw end, the next holder's beginning may be its end.
    const isHeld = filters.ip.length === 0 || states.at(-1)?.end?.kind === 'reported';
    if (isHeld && !(hasLostRows && !expected.isWhole(id)) && states.every(isWanted)) wanted.add(id);
  }
  return wanted;
}

function filtersOf(question: ExportManifest['question']): Filters {
  const values = (name: keyof Filters) => question[name] ?? [];
  return {
    user: values('user'),
    username: values('username'),
    commonName: values('commonName'),
    ip: values('ip'),
    endpoint: values('endpoint'),
    status: values('status'),
    connectionId: values('connectionId'),
  };
}

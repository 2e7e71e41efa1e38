import { chunkObject } from '../../lambda/trail/archive.ts';
import type { EvidenceRange, ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { replay } from '../connections/replay.ts';
import type { Findings } from '../findings.ts';
import { verifyTimes } from '../log/verify-times.ts';
import { connectionsBySlot } from './claimed-sights.ts';
import { ExpectedRows } from './expected-rows.ts';
import { settledEntry, surelyKnownThrough, verifyExportedCoverage } from './exported-coverage.ts';
import { type ExportedLog, verifyExportedLog } from './exported-log.ts';
import { type EvidenceReadCounts, type ReadPlace, readBeside, readStretch } from './read-snapshots.ts';
import { Sights } from './sights.ts';
import { type ReadEvidence, verifyEvidenceFiles } from './verify-files.ts';
import { verifyOwner } from './verify-owners.ts';
import { type WantedRows, wantedRows } from './wanted-rows.ts';

/** The expected content of the export for one endpoint. */
export interface RecomputedLog {
  readonly endpointId: string;
  readonly exported: ExportManifest;
  readonly expected: ExpectedRows;
  readonly rows: WantedRows;
  readonly hasLostRows: boolean;
  /** The allowances of its snapshots. */
  readonly epsilonSeconds: ReadonlySet<number>;
}

/** An export to recompute, with the trusted checkpoints. */
export type RecomputedPlace = ReadPlace & Pick<ReadEvidence, 'checkpoints' | 'keys'>;

/** Recomputes the rows from the evidence, endpoint by endpoint. */
export async function recomputeRows(
  place: RecomputedPlace,
  findings: Findings,
  counts: EvidenceReadCounts,
): Promise<{ readonly logs: readonly RecomputedLog[]; readonly unreadable: ReadonlySet<string> }> {
  const { manifest } = place.signed;
  const ranges = manifest.evidence ?? [];
  const fault = (endpointId: string, message: string) =>
    findings.fault({ kind: 'evidence-missing', place: 'export', endpointId, message });
  const unreadable = new Set<string>();
  for (const { endpointId } of manifest.checkpoints) {
    if (ranges.some((range) => range.endpointId === endpointId)) continue;
    fault(endpointId, `Nothing came along of the log of ${endpointId}, which the export rests on.`);
    unreadable.add(endpointId);
  }
  const wanted = connectionsBySlot(manifest.format, place.records);
  const logs: RecomputedLog[] = [];
  const read: ExportedLog[] = [];
  for (const range of ranges) {
    const { endpointId } = range;
    const checkpoint = place.checkpoints.get(endpointId);
    if (!checkpoint && !manifest.checkpoints.some((one) => one.endpointId === endpointId)) {
      fault(endpointId, `The manifest has no checkpoint of ${endpointId}, whose log came along.`);
    }
    const log = checkpoint && (await verifyExportedLog(place.evidence, range, checkpoint, findings));
    if (!log || log.manifests.length === 0) {
      unreadable.add(endpointId);
      continue;
    }
    logs.push(await recomputeLog(place, log, range, wanted, findings, counts));
    read.push(log);
  }
  await verifyEvidenceFiles({ ...place, logs: read }, manifest, findings);
  return { logs, unreadable };
}

async function recomputeLog(
  place: RecomputedPlace,
  log: ExportedLog,
  range: EvidenceRange,
  wanted: ReadonlyMap<Instant, ReadonlySet<string>>,
  findings: Findings,
  counts: EvidenceReadCounts,
): Promise<RecomputedLog> {
  const { endpointId, manifests, others } = log;
  const { manifest: exported } = place.signed;
  verifyTimes(log.manifests, 'export', findings);
  verifyOwner(log, exported, findings);
  verifyExportedCoverage(log, exported, findings);
  const exportedAt = new Date(exported.exportedAt);
  const sights = new Sights(wanted, log.isWhole);
  const settled = settledEntry(manifests, exported);
  const reader = { place, sights, findings, counts };
  let lastLost: number | undefined;
  const entries = readStretch(reader, manifests, (entry) => {
    lastLost = entry;
  });
  const { connections } = await replay(endpointId, entries, settled, {
    now: () => exportedAt,
    readChunk: (manifest, { sha256 }) => place.evidence.get(chunkObject(endpointId, manifest.slot, sha256)),
  });
  for (const other of others) await readBeside(reader, other);
  counts.entries += manifests.length + others.length;
  const snapshots = manifests.filter(({ kind }) => kind === 'snapshot').map(({ entry }) => entry);
  const bounds = {
    first: range.first,
    lastSnapshot: snapshots.at(-1) ?? range.first,
    last: range.size - 1,
    settled: snapshots.findLast((entry) => entry <= settled) ?? range.first,
    knownThrough: settled < 0 ? undefined : surelyKnownThrough(manifests, settled),
    lastLost,
  };
  const hasLostRows = lastLost !== undefined;
  return {
    endpointId,
    exported,
    expected: new ExpectedRows(connections, sights, bounds),
    rows: wantedRows(exported, log, connections, hasLostRows),
    hasLostRows,
    epsilonSeconds: new Set([...manifests, ...others].map((entry) => entry.epsilonSeconds)),
  };
}

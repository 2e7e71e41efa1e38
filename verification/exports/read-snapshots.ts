import type { ReadRecord } from '../../lambda/export/formats/record.ts';
import { type Archive, chunkObject } from '../../lambda/trail/archive.ts';
import { LARGEST_SNAPSHOT, unpackChunk } from '../../lambda/trail/chunks.ts';
import type { SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { hasExpired, type Manifest, type StoredRow } from '../../lambda/trail/snapshot.ts';
import { toStoredRow } from '../../lambda/trail/snapshot-reader.ts';
import type { Findings } from '../findings.ts';
import { type ReadEntry, verifyChunks } from '../log/verify-chunks.ts';
import type { Sights } from './sights.ts';

/** An export on disk. */
export interface ExportPlace {
  readonly file: string;
  readonly signed: SignedManifest;
  /** The evidence folder; read only if the manifest mentions evidence. */
  readonly evidence: Archive;
  readonly signal?: AbortSignal | undefined;
}

/** The parts of the evidence that were read. */
export interface EvidenceReadCounts {
  entries: number;
  chunks: number;
  /** Chunks that had expired when the export was made. */
  expired: number;
}

/** An export whose evidence is read, with the records of its file by connection. */
export type ReadPlace = ExportPlace & { readonly records: ReadonlyMap<string, readonly ReadRecord[]> };

const ENTRIES_A_LINE = 100;

interface EvidenceReader {
  readonly place: ReadPlace;
  readonly sights: Sights;
  readonly findings: Findings;
  readonly counts: EvidenceReadCounts;
}

/**
 * Reads the snapshots of a stretch, with all their chunks, which are checked.
 *
 * @param onLost called with each entry whose rows have expired, or are missing
 */
export async function* readStretch(
  { place: { evidence, signed, signal }, sights, findings, counts }: EvidenceReader,
  manifests: readonly Manifest[],
  onLost: (entry: number) => void,
): AsyncGenerator<ReadEntry> {
  const inExport: Findings = { ...findings, fault: (fault) => findings.fault({ ...fault, place: 'export' }) };
  // Included chunks count even if they have expired since.
  const now = () => new Date(signed.manifest.exportedAt);
  const sources = { store: undefined, archive: evidence, now };
  for (const [index, manifest] of manifests.entries()) {
    signal?.throwIfAborted();
    const chunks = { verified: 0, expired: 0 };
    const isSnapshot = manifest.kind === 'snapshot';
    const content = isSnapshot ? await verifyChunks(sources, manifest, inExport, chunks) : undefined;
    const isLost = isSnapshot && !content;
    if (isLost) onLost(manifest.entry);
    sights.add(manifest, content ?? [], isLost ? manifest.chunks.map(({ sha256 }) => sha256) : [], true);
    counts.chunks += chunks.verified;
    counts.expired += chunks.expired;
    yield { manifest, content };
    if (index % ENTRIES_A_LINE === 0) {
      findings.progress(`${manifest.endpointId}  ${index + 1} of ${manifests.length} entries verified`);
    }
  }
}

/** Reads a snapshot outside the range: only chunks with a row of the export are included. */
export async function readBeside(
  { place: { evidence, signed }, sights, findings, counts }: EvidenceReader,
  manifest: Manifest,
): Promise<void> {
  const { endpointId, slot, entry } = manifest;
  const rows: StoredRow[] = [];
  const missing: string[] = [];
  let left = LARGEST_SNAPSHOT;
  let isTold = hasExpired(manifest, new Date(signed.manifest.exportedAt));
  for (const [number, reference] of manifest.chunks.entries()) {
    const { sha256 } = reference;
    const bytes = await evidence.get(chunkObject(endpointId, slot, sha256));
    const lines = bytes && (await unpackChunk(reference, bytes).catch(() => undefined));
    if (lines) counts.chunks += 1;
    else missing.push(sha256);
    for (const line of lines ?? []) {
      left -= line.length;
      rows.push(toStoredRow(line));
    }
    if (left < 0) {
      const message = `Chunk ${number} of entry ${entry} (${slot}) brings its rows to more than ${LARGEST_SNAPSHOT} characters.`;
      findings.fault({ kind: 'chunk-changed', place: 'export', endpointId, entry, slot, field: sha256, message });
      break;
    }
    if (!bytes || lines) continue;
    isTold = true;
    const message = `Chunk ${number} of entry ${entry} (${slot}) holds other bytes than those of its hash ${sha256}.`;
    findings.fault({ kind: 'chunk-changed', place: 'export', endpointId, entry, slot, field: sha256, message });
  }
  sights.add(manifest, rows, missing, isTold);
  sights.noteListed(manifest, rows);
}

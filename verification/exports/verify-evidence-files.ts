import { type Archive, checkpointObject, chunkObject, manifestObject } from '../../lambda/trail/archive.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { Fault, Findings } from '../fault.ts';
import type { TrustedCheckpoint } from '../log/archived-log.ts';
import type { ExportedLog } from './exported-log.ts';

/** The evidence of an export, as far as its logs could be read. */
export interface ReadEvidence {
  readonly evidence: Archive;
  readonly logs: readonly ExportedLog[];
  readonly checkpoints: ReadonlyMap<string, TrustedCheckpoint>;
}

/**
 * What came along must be what the manifest names, and no more: its checkpoints are those of the manifest, and no file lies there
 * that proves nothing. Missing manifests and chunks are found where they are read.
 */
export async function verifyEvidenceFiles(
  { evidence, logs, checkpoints }: ReadEvidence,
  manifest: ExportManifest,
  findings: Findings,
): Promise<void> {
  const named = new Set(logs.flatMap(namesOf));
  for (const { endpointId, note } of manifest.checkpoints) {
    const size = checkpoints.get(endpointId)?.size;
    if (size === undefined) continue;
    const name = checkpointObject(endpointId, size);
    named.add(name);
    const bytes = await evidence.get(name);
    if (bytes && Buffer.from(bytes).toString() === note) continue;
    const fault: Pick<Fault, 'kind' | 'message'> = bytes
      ? { kind: 'checkpoint-changed', message: `${name} is not the checkpoint that the manifest holds.` }
      : { kind: 'evidence-missing', message: `${name} did not come along.` };
    findings.fault({ ...fault, place: 'export', endpointId });
  }
  const read = logs.filter(({ isWhole }) => isWhole).map(({ endpointId }) => endpointId);
  for await (const name of evidence.list('')) {
    const endpointId = name.split('/')[1] ?? '';
    // Of a log that cannot be read, nobody knows what belongs to it.
    const isUnknown = manifest.checkpoints.some((one) => one.endpointId === endpointId) && !read.includes(endpointId);
    if (named.has(name) || isUnknown) continue;
    findings.fault({ kind: 'object-added', place: 'export', message: `${name} is nothing that the manifest names.` });
  }
}

function namesOf({ endpointId, manifests, others }: ExportedLog): string[] {
  return [...manifests, ...others].flatMap(({ entry, slot, chunks }) => [
    manifestObject(endpointId, entry),
    ...chunks.map(({ sha256 }) => chunkObject(endpointId, slot, sha256)),
  ]);
}

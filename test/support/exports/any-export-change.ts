import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import type { ExportFormat } from '../../../lambda/export/formats/format.ts';
import { type ExportManifest, signManifest } from '../../../lambda/trail/export-manifest.ts';
import { anyPlace, asBytes, changed } from '../tampering/any-change.ts';
import type { ProvenExport } from './exported-proof.ts';

/** Any change of an export: of its manifest, its evidence or its file; signed anew, or not. */
export const anyExportChange = fc.record({
  kind: fc.constantFrom('manifest', 'signed manifest', 'evidence', 'file', 'signed file'),
  ...anyPlace,
});
type ExportChange = typeof anyExportChange extends fc.Arbitrary<infer Change> ? Change : never;

/** Makes a change. */
export async function changeExport(made: ProvenExport, format: ExportFormat, change: ExportChange): Promise<void> {
  const { kind, at, way, to } = change;
  if (kind === 'manifest') {
    const file = `${made.file}.manifest.json`;
    writeFileSync(file, asBytes(changed(readFileSync(file, 'utf8'), way, to)));
  } else if (kind === 'signed manifest') {
    const { signed } = made;
    const manifest = changed(signed.manifest, way, to) as ExportManifest;
    // What has no canonical form cannot be signed.
    made.write(await signManifest(manifest, made.signer).catch(() => ({ ...signed, manifest })));
  } else if (kind === 'evidence') {
    const names = await made.evidenceNames();
    const name = names[at % names.length] ?? '';
    made.replaceEvidence(name, asBytes(changed(readFileSync(made.evidence(name), 'utf8'), way, to)));
  } else {
    const bytes = Buffer.from(changedFile(readFileSync(made.file), format, change));
    writeFileSync(made.file, bytes);
    if (kind === 'file') return;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await made.sign({ files: made.signed.manifest.files.map((file) => ({ ...file, bytes: bytes.length, sha256 })) });
  }
}

function changedFile(bytes: Buffer, format: ExportFormat, { at, way, to }: ExportChange): Uint8Array | string {
  if (format === 'parquet') {
    const copy = Buffer.from(bytes);
    for (const [index, one] of way.entries()) copy[(at * 7_919 + index * 104_729 + one * 31) % copy.length] = one * 5;
    return copy.subarray(0, at % 3 === 0 ? -(way[0] ?? 1) : copy.length);
  }
  const end = format === 'csv' ? '\r\n' : '\n';
  const lines = bytes.toString().split(end);
  const index = at % lines.length;
  const cells = (lines[index] ?? '').split(',');
  cells[(way[0] ?? 0) % cells.length] = String(asBytes(to)).slice(0, 100_000);
  lines[index] = format === 'csv' ? cells.join(',') : String(asBytes(changed(lines[index], way, to)));
  return lines.join(end);
}

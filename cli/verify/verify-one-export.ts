import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { evidenceFolder, readSignedManifest } from '../../verification/exports/read-manifest.ts';
import { type ExportCounts, verifyExport } from '../../verification/exports/verify-export.ts';
import { type CollectedFindings, collectFindings } from '../../verification/findings.ts';
import { findTrustedKeys, type TrustedKeys } from '../../verification/trusted-keys.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { count } from '../output/amounts.ts';
import { printableJson } from '../output/json.ts';
import type { Surroundings } from '../surroundings.ts';
import { faultLines, type ReportFormat } from './report.ts';

/** Verifies an export, offline. */
export async function verifyOneExport(
  file: string,
  pinned: readonly Uint8Array[],
  format: ReportFormat,
  { terminal, exit }: Surroundings,
): Promise<void> {
  const signed = readSignedManifest(file);
  const findings = collectFindings((text) => terminal.count(text));
  const own = Buffer.from(signed.publicKey, 'base64');
  const keys = await findTrustedKeys(pinned, undefined, findings, own.length === 32 ? own : undefined);
  const evidence = new FolderArchive(evidenceFolder(file));
  const counts = await interruptible((signal) => verifyExport({ file, signed, evidence, signal }, keys, findings));
  const report = { file, manifest: signed.manifest, keys, counts };
  if (format === 'table') {
    for (const line of faultLines(findings.faults)) terminal.line('', line);
    for (const line of reportLines(report, findings)) terminal.line(line);
  } else await terminal.write(`${printableJson(reportDocument(report, findings), 2)}\n`);
  if (findings.faults.length > 0) exit(EXIT.proofFailed);
}

interface ExportReport {
  readonly file: string;
  readonly manifest: ExportManifest;
  readonly keys: TrustedKeys;
  readonly counts: ExportCounts;
}

function reportDocument({ manifest, keys, counts }: ExportReport, { faults, notes }: CollectedFindings) {
  const { window, coverage, exportedAt, exportedBy, evidence } = manifest;
  return {
    verdict: faults.length > 0 ? 'not-proven' : evidence ? 'proven' : 'unaltered',
    faults,
    notes,
    counts,
    window,
    coverage,
    exportedAt,
    exportedBy,
    keys: keys.publicKeys.map((key) => Buffer.from(key).toString('base64')),
    keysPinned: keys.isPinned,
  };
}

function reportLines({ file, manifest, keys, counts }: ExportReport, { faults, notes }: CollectedFindings): string[] {
  const { window, coverage, exportedAt, exportedBy, evidence } = manifest;
  const key = keys.publicKeys.map((one) => Buffer.from(one).toString('base64')).join(' and ');
  const proven = `PROVEN: the rows are what the log said, all of them${wholeness(manifest)}.`;
  const unaltered =
    'UNALTERED since the export. Without evidence (export --evidence) it is not proven that the rows are what the log said.';
  return [
    ...notes.map((note) => `note: ${note}`),
    `Verified ${file}: ${count(counts.rows, 'connection')}, ${window.since} to ${window.until} (${window.match}), exported ${exportedAt} by ${exportedBy}`,
    ...(evidence
      ? [
          `  ${count(counts.entries, 'log entry')} and ${count(counts.chunks, 'chunk')} came along; ${count(counts.recomputed, 'connection')} recomputed from them`,
          ...(counts.expired > 0 ? [`  ${count(counts.expired, 'chunk')} had expired`] : []),
          ...(counts.beyond > 0
            ? [
                `  that ${count(counts.beyond, 'connection')} vanished, and until when that may have lasted, later snapshots tell, which did not come along`,
              ]
            : []),
          ...(counts.unread > 0
            ? [
                `  ${count(counts.unread, 'connection')} could not be recomputed: what came along of them has expired or is wrong`,
              ]
            : []),
        ]
      : []),
    ...coverage.gaps.map((gap) => `  gap ${gap.start} to ${gap.end} (${gap.reasons.join(', ')})`),
    ...(keys.isPinned
      ? [`  signed by the key that was named: ${key}`]
      : [`  signed by ${key}`, "  That key is the export's own word. Name the one you know with --key."]),
    faults.length > 0 ? `NOT PROVEN: ${count(faults.length, 'fault')}.` : evidence ? proven : unaltered,
  ];
}

/** For what the window is whole, in words. */
function wholeness({ window, coverage: { complete, gaps, pendingSince } }: ExportManifest): string {
  if (complete) return ', and nothing is missing from the window';
  const isPending = pendingSince !== undefined && pendingSince < window.until;
  const limits = [
    ...(gaps.length > 0 ? [count(gaps.length, 'gap')] : []),
    ...(isPending ? [`what happened after ${pendingSince}`] : []),
  ];
  return `; nothing is missing from the window but for ${limits.join(' and ')}`;
}

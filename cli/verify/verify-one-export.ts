import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../../lambda/regular-file.ts';
import { assumptionsOf, OF_CONNECTIONS, OF_COVERAGE, OF_FILTERS, ofProof } from '../../lambda/trail/assumptions.ts';
import type { ExportManifest, SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { findPackExport, PACK, verifyNothingElse } from '../../verification/exports/audit-pack.ts';
import {
  evidenceFolder,
  ManifestUnreadable,
  manifestFile,
  readSignedManifest,
} from '../../verification/exports/read-manifest.ts';
import { type ExportOutcome, verifyExport } from '../../verification/exports/verify-export.ts';
import { type CollectedFindings, collectFindings } from '../../verification/findings.ts';
import { findTrustedKeys, type TrustedKeys } from '../../verification/trusted-keys.ts';
import { printableJson } from '../../words/printable.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { SCRIPT } from '../places.ts';
import type { Surroundings } from '../surroundings.ts';
import { readAsked } from './asked-question.ts';
import { reportDocument, reportLines } from './export-report.ts';
import { faultLines, type ReportFormat } from './report.ts';

/** Verifies an export, offline. */
export async function verifyOneExport(
  given: string,
  pinned: readonly Uint8Array[],
  format: ReportFormat,
  { terminal, exit }: Surroundings,
): Promise<void> {
  const isPack = isFolder(given) && !existsSync(manifestFile(given));
  const file = isPack ? findPackExport(given) : given;
  const findings = collectFindings((text) => terminal.count(text));
  const signed = readOrFault(file, findings);
  if (!signed) {
    const { faults, notes } = findings;
    if (format === 'table') terminal.line([...faultLines(faults), 'NOT PROVEN: 1 fault.'].join('\n'));
    else await terminal.write(`${printableJson({ verdict: 'not-proven', faults, notes }, 2)}\n`);
    exit(EXIT.proofFailed);
    return;
  }
  const { manifest } = signed;
  if (isPack) {
    verifyNothingElse(file, manifest, findings);
    noteOtherScript(join(given, PACK.script), findings);
  }
  const asked = readAsked(manifest);
  if ('unclear' in asked) {
    const message = `What the export was asked for cannot be told, so neither can what is missing from it: ${asked.unclear}.`;
    findings.fault({ kind: 'question-unclear', place: 'export', field: 'question', message });
  }
  const own = Buffer.from(signed.publicKey, 'base64');
  const keys = await findTrustedKeys(pinned, undefined, findings, own.length === 32 ? own : undefined);
  const evidence = new FolderArchive(evidenceFolder(file));
  const outcome = await interruptible((signal) => verifyExport({ file, signed, evidence, signal }, keys, findings));
  const report = { file, manifest, asked, keys, assumptions: assumedBy(manifest, outcome, keys), ...outcome };
  if (format === 'table') {
    for (const line of faultLines(findings.faults)) terminal.line('', line);
    for (const line of reportLines(report, findings)) terminal.line(line);
  } else await terminal.write(`${printableJson(reportDocument(report, findings), 2)}\n`);
  if (findings.faults.length > 0) exit(EXIT.proofFailed);
}

/** Signed with the pack is also a script that says RIGHT of whatever it is given. */
function noteOtherScript(path: string, findings: CollectedFindings): void {
  const own = readFileSync(SCRIPT);
  try {
    if (readRegularFile(path, own.length).equals(own)) return;
  } catch {
    // Told already, if it is not the one that was signed; another one may be longer.
  }
  findings.note(
    `${PACK.script} is not that of this version of cvpn-audit: read it before you run it, or run docs/${PACK.script} of it.`,
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // What is in the place of the export is a fault of it.
    return false;
  }
}

/** Without its manifest nothing is known of the export: that is all there is to say. */
function readOrFault(file: string, findings: CollectedFindings): SignedManifest | undefined {
  try {
    return readSignedManifest(file);
  } catch (error) {
    if (!(error instanceof ManifestUnreadable)) throw error;
    findings.fault({ kind: 'export-changed', place: 'export', field: 'manifest', message: error.message });
    return undefined;
  }
}

/** Those that the signer stated, and what the rows, the question and the proof rest on. */
function assumedBy(manifest: ExportManifest, { epsilonSeconds }: ExportOutcome, { isPinned }: TrustedKeys): string[] {
  const asked = Object.keys(manifest.question).flatMap((name) => OF_FILTERS[name] ?? []);
  const recomputed = epsilonSeconds.size > 0 ? OF_COVERAGE : [];
  const used = [...recomputed, ...OF_CONNECTIONS, ...asked, ...ofProof(isPinned)];
  return [...new Set([...manifest.assumptions, ...assumptionsOf(used, epsilonSeconds)])];
}

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
import { type ExportCounts, type ExportOutcome, verifyExport } from '../../verification/exports/verify-export.ts';
import { type CollectedFindings, collectFindings } from '../../verification/findings.ts';
import { findTrustedKeys, type TrustedKeys } from '../../verification/trusted-keys.ts';
import { SCRIPT } from '../audit/write-beside.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { count } from '../output/amounts.ts';
import { printableJson } from '../output/json.ts';
import type { Surroundings } from '../surroundings.ts';
import { readAsked } from './asked-question.ts';
import { faultLines, givenThat, type ReportFormat } from './report.ts';

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

interface ExportReport {
  readonly file: string;
  readonly manifest: ExportManifest;
  readonly asked: ReturnType<typeof readAsked>;
  readonly keys: TrustedKeys;
  readonly counts: ExportCounts;
  readonly assumptions: readonly string[];
}

/** Those that the signer stated, and what the rows, the question and the proof rest on. */
function assumedBy(manifest: ExportManifest, { epsilonSeconds }: ExportOutcome, { isPinned }: TrustedKeys): string[] {
  const asked = Object.keys(manifest.question).flatMap((name) => OF_FILTERS[name] ?? []);
  const recomputed = epsilonSeconds.size > 0 ? OF_COVERAGE : [];
  const used = [...recomputed, ...OF_CONNECTIONS, ...asked, ...ofProof(isPinned)];
  return [...new Set([...manifest.assumptions, ...assumptionsOf(used, epsilonSeconds)])];
}

function reportDocument(
  { manifest, asked, keys, counts, assumptions }: ExportReport,
  { faults, notes }: CollectedFindings,
) {
  const { window, coverage, exportedAt, exportedBy, evidence } = manifest;
  return {
    verdict: faults.length > 0 ? 'not-proven' : evidence ? 'proven' : 'unaltered',
    faults,
    notes,
    counts,
    asked,
    window,
    coverage,
    exportedAt,
    exportedBy,
    keys: keys.publicKeys.map((key) => Buffer.from(key).toString('base64')),
    keysPinned: keys.isPinned,
    assumptions,
  };
}

function reportLines(report: ExportReport, { faults, notes }: CollectedFindings): string[] {
  const { file, manifest, asked, keys, counts, assumptions } = report;
  const { coverage, exportedAt, exportedBy, evidence } = manifest;
  const key = keys.publicKeys.map((one) => Buffer.from(one).toString('base64')).join(' and ');
  const question = 'unclear' in asked ? ', of which cannot be told what was asked' : ` ${asked.words}`;
  return [
    ...notes.map((note) => `note: ${note}`),
    `Verified ${file}: ${count(counts.rows, 'connection')}${question}; exported ${exportedAt} by ${exportedBy}`,
    ...(evidence ? evidenceLines(counts) : []),
    ...besideLines(manifest),
    ...coverage.gaps.map(
      ({ endpointId, start, end, reasons }) =>
        `  gap of ${endpointId ?? 'every endpoint'} ${start} to ${end} (${reasons.join(', ')})`,
    ),
    ...(keys.isPinned
      ? [`  signed by the key that was named: ${key}`]
      : [`  signed by ${key}`, "  That key is the export's own word. Name the one you know with --key."]),
    ...givenThat(assumptions),
    faults.length > 0 ? `NOT PROVEN: ${count(faults.length, 'fault')}.` : conclusion(report),
  ];
}

/** Of what came with it only the coverage can be compared. */
function besideLines({ beside = [] }: ExportManifest): string[] {
  if (beside.length === 0) return [];
  const names = beside.map(({ name }) => name).join(', ');
  return [
    `  signed with it: ${names}. Each is unaltered since, and none contradicts what the trail signed of coverage, logs and keys; that accesses and keys are all there were is the word of who made the pack`,
  ];
}

function evidenceLines(counts: ExportCounts): string[] {
  const { entries, chunks, listed, recomputed, expired, beyond, unread, untold, undecided } = counts;
  return [
    `  ${count(entries, 'log entry')} and ${count(chunks, 'chunk')} came along; they list ${count(listed, 'connection')}, whatever was asked for; ${count(recomputed, 'connection')} of the file recomputed from them`,
    ...(expired > 0 ? [`  ${count(expired, 'chunk')} had expired`] : []),
    ...(beyond > 0
      ? [
          `  that ${count(beyond, 'connection')} vanished, and until when that may have lasted, later snapshots tell, which did not come along`,
        ]
      : []),
    ...(unread > 0
      ? [`  ${count(unread, 'connection')} could not be recomputed: what came along of them has expired or is wrong`]
      : []),
    ...(untold > 0
      ? [`  ${count(untold, 'connection')} of the file with values that only expired snapshots can have told`]
      : []),
    ...(undecided > 0
      ? [`  whether ${count(undecided, 'connection')} more match, later snapshots tell, which did not come along`]
      : []),
  ];
}

/** What is proven of an export without a fault: never more than was asked. */
function conclusion({ manifest, asked, counts }: ExportReport): string {
  const words = 'words' in asked ? asked.words : '';
  if (!manifest.evidence) {
    return `UNALTERED since the export. Without evidence (export --evidence) it is not proven that the rows are what the log said, and all that match: connections ${words}.`;
  }
  if (counts.undecided > 0) {
    return `PROVEN: the rows are what the log said. Not proven: that they are all that match (connections ${words}), of which ${count(counts.undecided, 'connection')} may be.`;
  }
  if (counts.rows > 0) {
    return `PROVEN: the rows are what the log said, and all that match (connections ${words})${wholeness(manifest)}.`;
  }
  const others = 'filters' in asked && Object.keys(asked.filters).length > 0 ? ' Others were not asked for.' : '';
  return `PROVEN: the log has no connections ${words}${wholeness(manifest)}.${others}`;
}

/** For what the window is whole, in words. */
function wholeness({ window, coverage: { complete, gaps, pendingSince } }: ExportManifest): string {
  if (complete) return ', and nothing that matches is missing from the window';
  const isPending = pendingSince !== undefined && pendingSince < window.until;
  const limits = [
    ...(gaps.length > 0 ? [count(gaps.length, 'gap')] : []),
    ...(isPending ? [`what happened after ${pendingSince}`] : []),
  ];
  return `; nothing that matches is missing from the window but for ${limits.join(' and ')}`;
}

import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { ExportCounts } from '../../verification/exports/verify-export.ts';
import type { CollectedFindings } from '../../verification/findings.ts';
import type { TrustedKeys } from '../../verification/trusted-keys.ts';
import { count } from '../../words/amounts.ts';
import { gapPlaceWords } from '../../words/coverage-words.ts';
import type { readAsked } from './asked-question.ts';
import { givenThat } from './report.ts';

/** What a verification of an export was about, and what it came to. */
export interface ExportReport {
  readonly file: string;
  readonly manifest: ExportManifest;
  readonly asked: ReturnType<typeof readAsked>;
  readonly keys: TrustedKeys;
  readonly counts: ExportCounts;
  readonly assumptions: readonly string[];
}

/** The report as JSON has it. */
export function reportDocument(
  { manifest, asked, keys, counts, assumptions }: ExportReport,
  { faults, notes }: CollectedFindings,
) {
  const { window, coverage, exportedAt, exportedBy, evidence } = manifest;
  const verdict = faults.length > 0 ? 'not-proven' : evidence ? 'proven' : 'unaltered';
  return {
    verdict,
    // Proven can be less than that the rows are all that match.
    allThatMatch: verdict === 'proven' && counts.undecided === 0,
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

/** The report as lines for people, below the faults. */
export function reportLines(report: ExportReport, { faults, notes }: CollectedFindings): string[] {
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
      ({ start, end, reasons, ...place }) =>
        `  gap of ${gapPlaceWords(place)} ${start} to ${end} (${reasons.join(', ')})`,
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

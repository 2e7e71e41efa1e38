import { basename } from 'node:path';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { coverageLines } from '../asking/coverage-words.ts';
import { count, showBytes } from '../output/amounts.ts';
import type { ExportPaths } from './export-paths.ts';
import type { FinishedExport } from './run-export.ts';

/** What an export came to, as lines for people; the last ones say what it may be relied on for. */
export function exportLines(
  { file, manifest, evidence: folder }: ExportPaths,
  { signed, written, evidence }: FinishedExport,
  zone: string,
): string[] {
  const { rows, window, coverage } = signed.manifest;
  const lines = [
    `${basename(file)}: ${count(rows, 'connection')}, ${showBytes(written.bytes)}. Signed: ${basename(manifest)}`,
  ];
  if (evidence) {
    const { manifests, chunks, expired } = evidence.counts;
    lines.push(`${basename(folder)}: ${count(manifests, 'snapshot')}, ${count(chunks, 'chunk')} that prove it.`);
    if (expired > 0) {
      lines.push(
        `${count(expired, 'chunk')} more had expired under the trail's retention: their rows cannot be proven.`,
      );
    }
  }
  return [...lines, ...coverageLines(coverage as AnswerCoverage, window, zone)];
}

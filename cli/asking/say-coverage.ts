import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { coverageLines, type SearchedWindow } from '../../words/coverage-words.ts';
import type { Inquiry } from './inquiry.ts';

/** Shows the searched window and its coverage, after other notes. In JSON the answer itself has them. */
export function sayCoverage(
  { format, zone, surroundings: { terminal } }: Inquiry,
  coverage: AnswerCoverage,
  window: SearchedWindow,
  notes: readonly string[] = [],
): void {
  if (format === 'json') return;
  const kind = coverage.complete ? undefined : 'warning';
  for (const line of [...notes, ...coverageLines(coverage, window, zone)]) terminal.notice(line, kind);
}

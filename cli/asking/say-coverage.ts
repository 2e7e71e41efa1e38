import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { coverageLines, type SearchedWindow } from '../../words/coverage-words.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import type { Inquiry } from './inquiry.ts';

/** Shows the searched window and its coverage, after other notes; endpoints are named as the table beside it does. In JSON the answer itself has them. */
export function sayCoverage(
  { format, zone, surroundings: { terminal } }: Inquiry,
  coverage: AnswerCoverage,
  window: SearchedWindow,
  notes: readonly string[] = [],
  labels?: EndpointLabels,
): void {
  if (format === 'json') return;
  const kind = coverage.complete ? undefined : 'warning';
  for (const line of [...notes, ...coverageLines(coverage, window, zone, labels)]) terminal.notice(line, kind);
}

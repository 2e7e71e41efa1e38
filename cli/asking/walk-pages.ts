import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { count } from '../../words/amounts.ts';
import { joinCoverage } from '../../words/coverage-words.ts';
import type { ApiQuestion } from '../api/question.ts';
import { type ListShape, type RowWriter, rowWriter } from '../output/row-writer.ts';
import { continuingCommand } from './continuing-command.ts';
import type { Inquiry } from './inquiry.ts';

/** One answer of a list. */
interface ApiPage<Row> {
  readonly rows: readonly Row[];
  readonly window: { readonly since: string; readonly until: string };
  readonly coverage?: AnswerCoverage;
  readonly cursor?: string | undefined;
}

/** A list to page through. */
export interface Walk<Row> {
  readonly command: string;
  /** The name of a row, singular. */
  readonly noun: string;
  readonly question: ApiQuestion;
  readonly isAll: boolean;
  readonly shape: ListShape<Row>;
  readonly ask: (question: ApiQuestion) => Promise<ApiPage<Row>>;
}

interface Walked {
  readonly rows: number;
  readonly window: ApiPage<never>['window'];
  readonly coverage: AnswerCoverage | undefined;
}

/** Requests a list, all pages if wanted, and writes the rows as they arrive. */
export async function walkPages<Row>(walk: Walk<Row>, inquiry: Inquiry): Promise<Walked> {
  const { terminal } = inquiry.surroundings;
  const writer = rowWriter(walk.shape, inquiry.format, terminal);
  const limit = walk.question.limit ?? (walk.isAll ? String(MOST_ROWS) : undefined);
  let page = await walk.ask({ ...walk.question, limit });
  let walked: Walked = { rows: 0, window: page.window, coverage: undefined };
  for (;;) {
    await writer.write(page.rows);
    walked = join(walked, page);
    const { cursor } = page;
    if (cursor === undefined || !walk.isAll) break;
    terminal.count(`${count(walked.rows, walk.noun)} …`);
    try {
      page = await walk.ask({ ...walk.question, limit, cursor });
    } catch (error) {
      await finish(writer, walked, page, walk, inquiry);
      throw error;
    }
  }
  await finish(writer, walked, page, walk, inquiry);
  return walked;
}

function join<Row>(walked: Walked, { rows, coverage }: ApiPage<Row>): Walked {
  return {
    ...walked,
    rows: walked.rows + rows.length,
    coverage: coverage === undefined ? walked.coverage : joinCoverage(walked.coverage, coverage),
  };
}

/** Ends the output; if there is more, says how to get it. */
async function finish<Row>(
  writer: RowWriter<Row>,
  { window, coverage, rows }: Walked,
  { cursor }: ApiPage<Row>,
  { command, noun, question, isAll }: Walk<Row>,
  { format, options, surroundings: { terminal } }: Inquiry,
): Promise<void> {
  await writer.end({ window, ...(coverage ? { coverage } : {}), ...(cursor === undefined ? {} : { cursor }) });
  if (cursor === undefined || (format === 'json' && !isAll)) return;
  const next = continuingCommand(command, { ...question, cursor: undefined }, options, cursor);
  terminal.notice(
    isAll
      ? `Ended after ${count(rows, noun)}. To go on: ${next} --all`
      : `There are more than ${rows === 1 ? 'this' : 'these'} ${count(rows, noun)}. --all for all of them, or go on: ${next}`,
  );
}

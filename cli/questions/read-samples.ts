import type * as z from 'zod';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { count } from '../../words/amounts.ts';
import { joinCoverage } from '../../words/coverage-words.ts';
import type { Api } from '../api/client.ts';
import type { ApiQuestion } from '../api/question.ts';
import type { Surroundings } from '../surroundings.ts';

interface PageOfSnapshots {
  readonly coverage: AnswerCoverage;
  readonly expired?: number | undefined;
  readonly cursor?: string | undefined;
}

/** A page holds one row of each snapshot, and the API reads a chunk for each: a day's at once. */
const ROWS = '288';

/**
 * Asks for what the snapshots say of a connection, to the end, as one answer.
 *
 * @param join - the rows of two answers, and what else they say, as one
 */
export async function readSamples<T extends PageOfSnapshots>(
  api: Api,
  { terminal }: Surroundings,
  { path, question, schema }: { path: readonly string[]; question: ApiQuestion; schema: z.ZodType<T> },
  { join, rowsOf }: { join: (one: T, other: T) => T; rowsOf: (answer: T) => readonly unknown[] },
): Promise<T> {
  let answer = await api.ask(path, { ...question, limit: ROWS }, schema);
  for (let cursor = answer.cursor; cursor !== undefined; ) {
    terminal.count(`${count(rowsOf(answer).length, 'snapshot')} …`);
    const next = await api.ask(path, { ...question, limit: ROWS, cursor }, schema);
    cursor = next.cursor;
    const expired = (answer.expired ?? 0) + (next.expired ?? 0);
    answer = {
      ...join(answer, next),
      ...(expired > 0 ? { expired } : {}),
      coverage: joinCoverage(answer.coverage, next.coverage),
    };
  }
  const { cursor: _last, ...whole } = answer;
  return whole as T;
}

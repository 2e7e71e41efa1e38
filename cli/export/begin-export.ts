import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { printable } from '../../words/printable.ts';
import type { Api } from '../api/client.ts';
import { type ApiQuestion, pairsOf } from '../api/question.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { ExportPaths } from './export-paths.ts';
import { differences, type ExportState, readState, saveState } from './export-state.ts';

/** What an export is begun with. */
export interface Beginning {
  readonly api: Api;
  readonly paths: ExportPaths;
  /** The original query; an end of the window may be open. */
  readonly question: ApiQuestion;
  /** What identifies it; see {@link ExportState}. */
  readonly asked: ExportState['asked'];
  readonly isRestart: boolean;
}

/**
 * Begins an export, or finds where it was interrupted. One query fixes the window: an open end becomes the end of the proven time.
 *
 * @throws WrongUsage if another export is in the way; errors of the query
 */
export async function beginExport(
  beginning: Beginning,
): Promise<{ readonly state: ExportState; readonly isGoingOn: boolean }> {
  const { paths, asked, isRestart } = beginning;
  const found = isRestart ? undefined : await readState(paths.state);
  if (found === 'unreadable') {
    throw new WrongUsage(`${paths.state} is not what this command writes. Begin anew with --restart.`);
  }
  if (found) {
    const different = differences(found.asked, asked);
    if (different.length === 0) return { state: found, isGoingOn: true };
    throw new WrongUsage(
      printable(
        `An export to ${paths.file} was interrupted, and this is another one: ${different.join('; ')}. Ask for the same to go on with it, or begin anew with --restart.`,
      ),
    );
  }
  if (!isRestart) checkNothingThere(paths);
  return { state: await firstState(beginning), isGoingOn: false };
}

function checkNothingThere({ file, manifest, evidence }: ExportPaths): void {
  const there = [file, manifest, evidence].find((path) => existsSync(path));
  if (there === undefined) return;
  throw new WrongUsage(
    `${there} is there already. Name another --out, or replace it, and what belongs to it, with --restart.`,
  );
}

async function firstState({ api, paths, question, asked }: Beginning): Promise<ExportState> {
  const answer = await api.ask(['connections'], { ...question, limit: '1' }, connectionsAnswer);
  const { since, until, match } = answer.window;
  // Only now, so that existing files are not removed for a query that fails.
  for (const path of Object.values(paths)) await rm(path, { recursive: true, force: true });
  const lists = Map.groupBy(pairsOf({ ...question, since, until }), ([name]) => name);
  const state: ExportState = {
    form: 1,
    asked,
    question: Object.fromEntries([...lists].map(([name, pairs]) => [name, pairs.map(([, value]) => value)])),
    match,
    coverage: answer.coverage,
    hasAllRows: false,
    rows: 0,
    bytes: 0,
  };
  await saveState(paths.state, state);
  return state;
}

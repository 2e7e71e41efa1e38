import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson } from '../../lambda/query/json.ts';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { coverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { keysAnswer, trailCheckpointAnswer } from '../../lambda/query/schemas/evidence.ts';
import { type AccessesAnswer, accessesAnswer } from '../../lambda/query/schemas/trail.ts';
import type { SignedFile } from '../../lambda/trail/export-manifest.ts';
import { PACK } from '../../verification/exports/audit-pack.ts';
import { leavesOutOwners } from '../../verification/exports/left-out.ts';
import { count } from '../../words/amounts.ts';
import type { Api } from '../api/client.ts';
import { replaceFile } from '../export/export-state.ts';
import type { ExportedBeside } from '../export/run-export.ts';
import { SCRIPT } from '../places.ts';
import type { Terminal } from '../terminal.ts';
import { gatherLeftOut } from './left-out.ts';
import { controlsPage, readmePage } from './pages.ts';

/**
 * Writes what comes with the export of a pack, before the manifest of them all is signed.
 *
 * @throws errors of the queries
 */
export async function writeBeside(
  { api, question, file }: ExportedBeside,
  folder: string,
  terminal: Pick<Terminal, 'count'>,
): Promise<readonly SignedFile[]> {
  const [since, until] = [question.since?.[0] ?? '', question.until?.[0] ?? ''];
  const { endpoint, account, region } = question;
  const coverage = await api.ask(['coverage'], { since, until, endpoint, account, region }, coverageAnswer);
  const keys = await api.ask(['keys'], {}, keysAnswer);
  const trail = await api.ask(['checkpoints', 'trail'], {}, trailCheckpointAnswer);
  const accesses = await readAccesses(api, { since, until }, (rows) => terminal.count(`${count(rows, 'access')} …`));
  const endpoints = coverage.endpoints.map(({ endpointId }) => endpointId);
  const leftOut = leavesOutOwners(question) ? await gatherLeftOut(api, trail, endpoints) : undefined;
  const owners = { account, region };
  const texts = {
    [PACK.readme]: readmePage({ since, until, file, endpoints, owners, hasLeftOut: leftOut !== undefined }),
    [PACK.controls]: controlsPage(file),
    [PACK.coverage]: `${toJson(coverage, 2)}\n`,
    [PACK.accesses]: accesses.map((access) => `${toJson(access)}\n`).join(''),
    [PACK.keys]: `${toJson(keys, 2)}\n`,
    [PACK.trail]: `${toJson(trail, 2)}\n`,
    ...(leftOut ? { [PACK.leftOut]: `${toJson(leftOut, 2)}\n` } : {}),
    [PACK.script]: readFileSync(SCRIPT, 'utf8'),
  };
  const written: SignedFile[] = [];
  for (const [name, text] of Object.entries(texts)) {
    await replaceFile(join(folder, name), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    written.push({ name, bytes: Buffer.byteLength(text), sha256 });
  }
  return written;
}

async function readAccesses(
  api: Api,
  window: { readonly since: string; readonly until: string },
  onRows: (rows: number) => void,
): Promise<AccessesAnswer['accesses']> {
  const accesses: AccessesAnswer['accesses'] = [];
  let cursor: string | undefined;
  do {
    const page: AccessesAnswer = await api.ask(
      ['accesses'],
      { ...window, limit: String(MOST_ROWS), cursor },
      accessesAnswer,
    );
    accesses.push(...page.accesses);
    onRows(accesses.length);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return accesses;
}

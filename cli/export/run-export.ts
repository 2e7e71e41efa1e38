import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import { toJson } from '../../lambda/query/json.ts';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import type { SignedFile, SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { count } from '../../words/amounts.ts';
import { ApiFailure, Interrupted } from '../api/api-failure.ts';
import type { Api } from '../api/client.ts';
import type { Terminal } from '../terminal.ts';
import { type Beginning, beginExport } from './begin-export.ts';
import { collectRows } from './collect-rows.ts';
import { type GatheredEvidence, gatherEvidence } from './evidence/gather.ts';
import type { ExportPaths } from './export-paths.ts';
import { type ExportState, replaceFile, saveState } from './export-state.ts';
import { askSignature, isAsSigned } from './sign-export.ts';
import { writeFormat } from './write-format.ts';

/** An export whose rows and evidence are there. */
export interface ExportedBeside {
  readonly api: Api;
  /** With both ends of its window. */
  readonly question: ExportState['question'];
  /** The export's name. */
  readonly file: string;
}

/** Writes files that are signed with an export, beside it. */
export type WriteBeside = (exported: ExportedBeside) => Promise<readonly SignedFile[]>;

interface ExportJob extends Beginning {
  readonly format: ExportFormat;
  readonly bom: boolean;
  readonly hasEvidence: boolean;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly terminal: Pick<Terminal, 'count' | 'notice'>;
  readonly writeBeside?: WriteBeside | undefined;
}

/**
 * Makes an export, or continues an interrupted one. The order: the rows; the file under a temporary name; the evidence; the
 * signature. The manifest is written before the file gets its final name, so a file of that name is always complete and
 * signed. Last, the files for resuming are removed. Where the trail has gone on meanwhile, and rows of what was asked for may have
 * changed, all of it is done again (ADR 34).
 *
 * @throws WrongUsage, ApiFailure, Interrupted; another run continues
 */
export async function runExport(job: ExportJob) {
  const { paths, terminal, signal } = job;
  const begun = await beginExport(job);
  if (begun.isGoingOn) terminal.notice(goingOn(begun.state));
  let state = begun.state;
  for (let readings = 1; ; readings += 1) {
    const made = await makeOnce(job, state);
    if (isAsSigned(made.signed.manifest, made)) {
      if (signal.aborted) throw new Interrupted('');
      await publish(paths, made.signed);
      return made;
    }
    state = await readAnew(job, made, readings);
  }
}

async function makeOnce(job: ExportJob, begun: ExportState) {
  const { api, paths, terminal, format, signal } = job;
  const onRows = (rows: number) => terminal.count(`${count(rows, 'connection')} …`);
  const state = await collectRows(job, begun, onRows);
  const { rows } = state;
  const written = await writeFormat({
    format,
    bom: job.bom,
    spool: paths.spool,
    rows,
    to: paths.written,
    signal,
    onRows: (done) => terminal.count(`${done.toLocaleString('en')} of ${count(rows, 'connection')} written …`),
  });
  const evidence = job.hasEvidence ? await gather(job, state) : undefined;
  const beside = await job.writeBeside?.({ api, question: state.question, file: basename(paths.file) });
  const signed = await askSignature(api, { file: paths.file, format, written, state, evidence, beside });
  return { signed, written, evidence, state };
}

/** More than two, because a large export takes as long as the time between some recordings. */
const MOST_READINGS = 4;

/**
 * Where the rows are older than what the trail signs. The state is that of rows which are still to be read.
 *
 * @throws ApiFailure if the trail went on each time that they were read
 */
async function readAnew(
  { paths, terminal }: ExportJob,
  { state, signed: { manifest } }: { readonly state: ExportState; readonly signed: SignedManifest },
  readings: number,
): Promise<ExportState> {
  const { cursor: _, ...rest } = state;
  const anew = { ...rest, coverage: manifest.coverage as AnswerCoverage, hasAllRows: false, rows: 0, bytes: 0 };
  await rm(paths.evidence, { recursive: true, force: true });
  await saveState(paths.state, anew);
  const { pendingSince = manifest.window.until } = manifest.coverage;
  if (readings >= MOST_READINGS) {
    throw new ApiFailure(
      `The trail goes on while the rows are read, and what was asked for is not settled yet. Ask for what is: without --status, and with --until ${pendingSince} or none.`,
    );
  }
  terminal.notice(
    'The trail has gone on while the rows were read, and may say more of them by now: reading them again.',
  );
  return anew;
}

function goingOn({ rows, hasAllRows, question }: ExportState): string {
  const [since, until] = [question.since?.[0], question.until?.[0]];
  const far = hasAllRows ? `all ${count(rows, 'connection')}` : count(rows, 'connection');
  return `Going on with the export of ${since} to ${until}, of which ${far} had come.`;
}

function gather(
  { api, paths, now, signal, terminal }: ExportJob,
  { question, match, coverage }: ExportState,
): Promise<GatheredEvidence> {
  const [since = '', until = ''] = [question.since?.[0], question.until?.[0]];
  return gatherEvidence({
    api,
    question,
    window: { since, until, match },
    coverage,
    spool: paths.spool,
    folder: paths.evidence,
    now,
    signal,
    onProgress: ({ manifests, chunks }) =>
      terminal.count(`evidence: ${count(manifests, 'snapshot')}, ${count(chunks, 'chunk')} …`),
  });
}

async function publish({ manifest, written, file, state, spool }: ExportPaths, signed: SignedManifest): Promise<void> {
  await replaceFile(manifest, `${toJson(signed, 2)}\n`);
  await rename(written, file);
  // Without its state it cannot be resumed, so the spool is useless.
  await rm(state);
  await rm(spool);
}

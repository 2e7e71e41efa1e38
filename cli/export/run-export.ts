import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import { toJson } from '../../lambda/query/json.ts';
import type { SignedFile, SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { Interrupted } from '../api/api-failure.ts';
import type { Api } from '../api/client.ts';
import { count } from '../output/amounts.ts';
import type { Terminal } from '../terminal.ts';
import { type Beginning, beginExport } from './begin-export.ts';
import { collectRows } from './collect-rows.ts';
import { type GatheredEvidence, gatherEvidence } from './evidence/gather.ts';
import type { ExportPaths } from './export-paths.ts';
import { type ExportState, replaceFile } from './export-state.ts';
import { askSignature } from './sign-export.ts';
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
 * signed. Last, the files for resuming are removed.
 *
 * @throws WrongUsage, ApiFailure, Interrupted; another run continues
 */
export async function runExport(job: ExportJob) {
  const { api, paths, terminal, format, signal } = job;
  const begun = await beginExport(job);
  if (begun.isGoingOn) terminal.notice(goingOn(begun.state));
  const onRows = (rows: number) => terminal.count(`${count(rows, 'connection')} …`);
  const state = await collectRows(job, begun.state, onRows);
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
  if (signal.aborted) throw new Interrupted('');
  await publish(paths, signed);
  return { signed, written, evidence };
}

function goingOn({ rows, hasAllRows, question }: ExportState): string {
  const [since, until] = [question.since?.[0], question.until?.[0]];
  const far = hasAllRows ? `all ${count(rows, 'connection')}` : count(rows, 'connection');
  return `Going on with the export of ${since} to ${until}, of which ${far} had come.`;
}

function gather({ api, paths, terminal, now }: ExportJob, { question }: ExportState): Promise<GatheredEvidence> {
  const [since = '', until = ''] = [question.since?.[0], question.until?.[0]];
  return gatherEvidence({
    api,
    question,
    window: { since, until },
    spool: paths.spool,
    folder: paths.evidence,
    now,
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

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../../lambda/export/formats/format.ts';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { count, showBytes } from '../../words/amounts.ts';
import { coverageLines } from '../../words/coverage-words.ts';
import { createApi } from '../api/client.ts';
import { type ApiAddress, type ApiOptions, findApi } from '../api/find-api.ts';
import { beginInquiry } from '../asking/inquiry.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { connectionsCommand } from '../questions/connections.ts';
import type { Surroundings } from '../surroundings.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { ExportPaths } from './export-paths.ts';
import { checkOut, pathsOf } from './export-paths.ts';
import { type GivenWords, goOnCommand, QUESTION_WORDS, readExportQuestion } from './export-question.ts';
import type { ExportState } from './export-state.ts';
import { runExport, type WriteBeside } from './run-export.ts';

/** The options of an export that are not its question. */
export interface ExportOptions extends ApiOptions {
  readonly format: ExportFormat;
  readonly out: string;
  readonly bom?: true;
  readonly evidence?: true;
  readonly restart?: true;
  readonly tz?: string;
}

/** What `connections` takes for showing some of its rows. */
const OF_LISTS = new Set(['output', 'limit', 'cursor', 'all']);

const EXAMPLES = `
Beside FILE lies FILE.manifest.json: what was asked, by whom, the file's hash, coverage and gaps; signed by the trail. An
interrupted export goes on where it was when the same command is given again; until then FILE is not there. Without --until it ends
with what is proven. Exit code 4: the window touches a gap, or what is not yet known.

Examples:
  cvpn-audit export --since 2026-11-01 --until 2026-11-30 --format parquet --out november.parquet
  cvpn-audit export --user alice --since 90d --format csv --bom --out alice.csv --evidence
  cvpn-audit export --since yesterday --match started --format ocsf --out events.ndjson`;

/** `cvpn-audit export`: everything that matches, as a signed file. */
export function exportCommand(surroundings: Surroundings): Command {
  const command = new Command('export').description(
    'everything that matches, as a file with a signed manifest; resumable',
  );
  // The same filters as `connections`.
  for (const option of connectionsCommand(surroundings).options) {
    if (!OF_LISTS.has(option.attributeName())) command.addOption(option);
  }
  return command
    .addOption(new Option('--format <format>', 'how it is written').choices(EXPORT_FORMATS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the file')
    .option('--bom', 'CSV with a byte order mark, without which Excel does not take it for UTF-8')
    .option('--evidence', 'take along what proves the rows, in the folder FILE.evidence')
    .option('--restart', 'begin anew, and replace what is there')
    .addHelpText('after', EXAMPLES)
    .action((options: ExportOptions) => exportConnections(options, surroundings));
}

/** The command that an export belongs to. */
interface Commanded {
  readonly command: string;
  /** Its options, as they were given. */
  readonly given: GivenWords;
  /** Called once nothing is wrong with the options. */
  readonly prepare?: () => void;
  readonly writeBeside?: WriteBeside;
}

/**
 * Makes an export, and says what came of it.
 *
 * @throws WrongUsage, ApiFailure, Interrupted
 */
export async function exportConnections(
  options: ExportOptions,
  surroundings: Surroundings,
  { command, given, prepare, writeBeside }: Commanded = { command: 'export', given: options as unknown as GivenWords },
): Promise<void> {
  const words = options as unknown as GivenWords;
  const inquiry = beginInquiry(options, surroundings);
  const question = readExportQuestion(inquiry, words);
  if (!prepare) checkOut(options.out, inquiry.complaints);
  if (options.bom && options.format !== 'csv') {
    inquiry.complaints.say(`--bom was given with --format ${options.format}; expected it with csv alone.`);
  }
  inquiry.complaints.raise();
  const { terminal, exit, now } = surroundings;
  const address = await findApi(options, terminal);
  const paths = pathsOf(options.out);
  prepare?.();
  try {
    const finished = await interruptible((signal) =>
      runExport({
        api: createApi(address, options, { ...surroundings, signal }),
        paths,
        question,
        asked: askedOf(words, options, address),
        format: options.format,
        bom: options.bom === true,
        isRestart: options.restart === true,
        hasEvidence: options.evidence === true,
        signal,
        now,
        terminal,
        writeBeside,
      }),
    );
    const { complete } = finished.signed.manifest.coverage;
    const kind = complete ? undefined : 'warning';
    for (const line of exportLines(paths, finished, inquiry.zone)) terminal.notice(line, kind);
    if (!complete) exit(EXIT.notComplete);
  } catch (error) {
    const isKept = !(error instanceof WrongUsage) && existsSync(paths.state);
    if (isKept) terminal.notice(`Interrupted; what has come is kept. To go on: ${goOnCommand(command, given)}`);
    throw error;
  }
}

/** What identifies an export. The token of a console changes with each start; the trail is the same. */
function askedOf(words: GivenWords, { format, bom }: ExportOptions, { url }: ApiAddress): ExportState['asked'] {
  const given = QUESTION_WORDS.flatMap((name) => {
    const texts = [words[name] ?? []].flat();
    return texts.length === 0 ? [] : [[name, texts] as const];
  });
  const form = { format: [format], ...(bom ? { bom: ['given'] } : {}) };
  return { ...Object.fromEntries(given), ...form, api: [url.replace(/\/t\/[\w-]+\/?$/, '')] };
}

/** The result of an export, as lines for people; the last ones have its coverage. */
function exportLines(
  { file, manifest, evidence: folder }: ExportPaths,
  { signed, written, evidence }: Awaited<ReturnType<typeof runExport>>,
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

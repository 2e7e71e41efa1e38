import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import type { GapPlace } from '../../lambda/trail/coverage.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { isListOf, isObjectOf, isOneOf, isText, optional } from '../../lambda/trail/judged.ts';
import type { Findings } from '../findings.ts';
import { leavesOutOwners, readLeftOut } from './left-out.ts';
import { type PackLogs, readAnswer, verifyPackKeys, verifyPackTrail } from './pack-answers.ts';
import { evidenceFolder, manifestFile } from './read-manifest.ts';
import { verifyFile } from './verify-files.ts';

/** The files of an auditor's pack beside its export; `docs/data.md` describes them. */
export const PACK = {
  readme: 'README.md',
  controls: 'controls.md',
  coverage: 'coverage.json',
  accesses: 'accesses.ndjson',
  keys: 'keys.json',
  trail: 'trail.json',
  /** Only where the question leaves logs out by account or Region. */
  leftOut: 'left-out.json',
  script: 'verify-by-hand.sh',
} as const;

/** The name of the export in a pack. */
export const packExport = (format: ExportManifest['format']): string => `connections.${format}`;

/**
 * The export in a pack's folder.
 *
 * @throws Error if it has none, or several
 */
export function findPackExport(folder: string): string {
  const names = EXPORT_FORMATS.map(packExport).filter((name) =>
    statSync(manifestFile(join(folder, name)), { throwIfNoEntry: false })?.isFile(),
  );
  const [name, ...more] = names;
  if (name !== undefined && more.length === 0) return join(folder, name);
  const found = names.length === 0 ? 'there is none' : `there are ${names.length}`;
  throw new Error(
    `${folder} is no pack of cvpn-audit audit: expected one connections.FORMAT.manifest.json in it, ${found}.`,
  );
}

/** The files that were signed together with an export must be those that lie beside it; what they repeat must not contradict the manifest. */
export async function verifyBeside(
  file: string,
  { beside = [], ...manifest }: ExportManifest,
  signed: Omit<PackLogs, 'question' | 'leftOut'>,
  findings: Findings,
): Promise<void> {
  const { question } = manifest;
  const pathOf = (name: string) => join(dirname(file), basename(name));
  const hasLeftOut = beside.some(({ name }) => name === PACK.leftOut) && existsSync(pathOf(PACK.leftOut));
  const asked = { question, keys: signed.keys };
  const leftOut = hasLeftOut
    ? readLeftOut(pathOf(PACK.leftOut), PACK.leftOut, asked, findings)
    : new Map<string, number>();
  const logs = { ...signed, question, leftOut };
  for (const [index, one] of beside.entries()) {
    const path = pathOf(one.name);
    const words = { field: `beside[${index}]`, other: ', other than were signed' };
    if (!(await verifyFile(path, one, words, findings))) continue;
    if (one.name === PACK.coverage) verifyCoverage(path, manifest, findings);
    if (one.name === PACK.trail) verifyPackTrail(path, one.name, logs, findings);
    if (one.name === PACK.keys) verifyPackKeys(path, one.name, logs, findings);
  }
}

/** Whether a pack proves of each log that is not in it that the question may leave it out. */
export function provesLeftOut({ beside = [] }: ExportManifest): boolean {
  return [PACK.trail, PACK.leftOut].every((wanted) => beside.some(({ name }) => name === wanted));
}

/** Nothing else may lie in a pack's folder: it would look like a part of it. */
export function verifyNothingElse(
  file: string,
  { beside = [], files, question }: ExportManifest,
  findings: Findings,
): void {
  const own = [file, manifestFile(file), evidenceFolder(file)].map((path) => basename(path));
  const named = new Set([...own, ...files.map(({ name }) => name), ...beside.map(({ name }) => name)]);
  for (const name of readdirSync(dirname(file)).sort()) {
    if (named.has(name)) continue;
    findings.fault({ kind: 'object-added', place: 'export', message: `${name} is nothing that the manifest names.` });
  }
  const expected = Object.values(PACK).filter((name) => name !== PACK.leftOut || leavesOutOwners(question));
  const missing = expected.filter((name) => !named.has(name));
  if (missing.length === 0) return;
  const message = `The manifest does not name ${missing.join(', ')}, which every pack has.`;
  findings.fault({ kind: 'export-changed', place: 'export', field: 'beside', message });
}

/** The signer computed the manifest's coverage by itself; the file has it at length, by the word of who made the pack. */
function verifyCoverage(path: string, manifest: Omit<ExportManifest, 'beside'>, findings: Findings): void {
  const told = readAnswer(path, COVERAGE_JUDGES) as ToldCoverage | undefined;
  const what = told ? contradictionOf(told, manifest) : 'is no answer about coverage';
  if (what === undefined) return;
  const message = `${PACK.coverage} ${what}.`;
  findings.fault({ kind: 'export-changed', place: 'export', field: PACK.coverage, message });
}

type ToldCoverage = Pick<CoverageAnswer, 'window' | 'complete' | 'endpoints' | 'gaps'>;

/** What a pack's coverage says otherwise than the manifest, which was signed a little later. */
function contradictionOf(
  { window, complete, endpoints, gaps: ofTargets = [] }: ToldCoverage,
  { coverage, checkpoints, window: { since, until } }: Omit<ExportManifest, 'beside'>,
): string | undefined {
  if (window.since !== since || window.until !== until)
    return `is of ${window.since} to ${window.until}; the manifest of ${since} to ${until}`;
  if (complete && !coverage.complete) return 'says that the time is complete; the manifest does not';
  const left = checkpoints.find((one) => endpoints.every(({ endpointId }) => endpointId !== one.endpointId));
  if (left) return `leaves out ${left.endpointId}, of which the manifest has a checkpoint`;
  for (const gap of coverage.gaps) {
    const gapWords = `the gap from ${gap.start} that the manifest tells of`;
    if (gap.accountId !== undefined && !ofTargets.some((one) => isSameTarget(one, gap)))
      return `does not tell that nothing is recorded of ${gap.accountId} in ${gap.region}, as the manifest does`;
    const of = endpoints.find(({ endpointId }) => endpointId === gap.endpointId);
    if (!of) continue;
    const told = of.gaps.find(({ start }) => start === gap.start);
    if (!told) return `does not tell of ${gapWords}`;
    if (of.complete || of.proven.some(({ start, end }) => start < gap.end && gap.start < end))
      return `says that time is proven which is in ${gapWords}`;
    // It may have ended since.
    if (told.ongoing === true) continue;
    if (gap.ongoing === true || told.end !== gap.end || told.reasons.join() !== gap.reasons.join())
      return `says otherwise when ${gapWords} ended, or why`;
  }
  return undefined;
}

const isSameTarget = (one: GapPlace, other: GapPlace): boolean =>
  one.accountId === other.accountId && one.region === other.region;

const isFlag = isOneOf(true, false);
const isTime = { start: isText, end: isText };
/** Of what is compared. */
const COVERAGE_JUDGES = {
  gaps: optional(isListOf(isObjectOf({ ...isTime, accountId: isText, region: isText }))),
  window: isObjectOf({ since: isText, until: isText }),
  complete: isFlag,
  endpoints: isListOf(
    isObjectOf({
      endpointId: isText,
      complete: isFlag,
      proven: isListOf(isObjectOf(isTime)),
      gaps: isListOf(isObjectOf({ ...isTime, reasons: isListOf(isText), ongoing: optional(isFlag) })),
    }),
  ),
};

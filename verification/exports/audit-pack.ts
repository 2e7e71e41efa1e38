import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { NoRegularFile } from '../../lambda/regular-file.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { isListOf, isObjectOf, isOneOf, isText } from '../../lambda/trail/judged.ts';
import type { Findings } from '../findings.ts';
import { type PackLogs, readAnswer, verifyPackKeys, verifyPackTrail } from './pack-answers.ts';
import { evidenceFolder, manifestFile } from './read-manifest.ts';
import { asNoFile, contentWords, hashFile } from './verify-files.ts';

/** The files of an auditor's pack beside its export; `docs/data.md` describes them. */
export const PACK = {
  readme: 'README.md',
  controls: 'controls.md',
  coverage: 'coverage.json',
  accesses: 'accesses.ndjson',
  keys: 'keys.json',
  trail: 'trail.json',
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
  signed: Pick<PackLogs, 'checkpoints' | 'keys'>,
  findings: Findings,
): Promise<void> {
  const logs = { ...signed, question: manifest.question };
  for (const [index, one] of beside.entries()) {
    const found = await hashFile(join(dirname(file), basename(one.name)), one.bytes).catch(asNoFile);
    if (found instanceof NoRegularFile) {
      findings.fault({
        kind: 'export-changed',
        place: 'export',
        field: `beside[${index}]`,
        message: `${found.message}.`,
      });
      continue;
    }
    if (found?.sha256 !== one.sha256 || found.bytes !== one.bytes) {
      const what = found ? `${contentWords(found)}, other than were signed` : 'is not there';
      const message = `${basename(one.name)} ${what}.`;
      findings.fault({ kind: 'export-changed', place: 'export', field: `beside[${index}]`, message });
    }
    const path = join(dirname(file), basename(one.name));
    if (one.name === PACK.coverage) verifyCoverage(path, manifest, findings);
    if (one.name === PACK.trail) verifyPackTrail(path, one.name, logs, findings);
    if (one.name === PACK.keys) verifyPackKeys(path, one.name, logs, findings);
  }
}

/** Nothing else may lie in a pack's folder: it would look like a part of it. */
export function verifyNothingElse(file: string, { beside = [], files }: ExportManifest, findings: Findings): void {
  const own = [file, manifestFile(file), evidenceFolder(file)].map((path) => basename(path));
  const named = new Set([...own, ...files.map(({ name }) => name), ...beside.map(({ name }) => name)]);
  for (const name of readdirSync(dirname(file)).sort()) {
    if (named.has(name)) continue;
    findings.fault({ kind: 'object-added', place: 'export', message: `${name} is nothing that the manifest names.` });
  }
  const missing = Object.values(PACK).filter((name) => !named.has(name));
  if (missing.length === 0) return;
  const message = `The manifest does not name ${missing.join(', ')}, which every pack has.`;
  findings.fault({ kind: 'export-changed', place: 'export', field: 'beside', message });
}

/** The signer computed the manifest's coverage by itself; the file has it at length, by the word of who made the pack. */
function verifyCoverage(path: string, { coverage }: Pick<ExportManifest, 'coverage'>, findings: Findings): void {
  const told = readAnswer<Pick<CoverageAnswer, 'complete' | 'endpoints'>>(path, COVERAGE_JUDGES);
  const gaps = told?.endpoints.flatMap((one) => one.gaps.map(({ start }) => `${one.endpointId} ${start}`)) ?? [];
  const untold = coverage.gaps.filter(
    ({ endpointId, start }) => endpointId !== undefined && !gaps.includes(`${endpointId} ${start}`),
  );
  const message = !told
    ? `${PACK.coverage} is no answer about coverage.`
    : told.complete && !coverage.complete
      ? `${PACK.coverage} says that the time is complete; the manifest does not.`
      : untold.length > 0
        ? `${PACK.coverage} does not tell of the gap from ${untold[0]?.start} that the manifest tells of.`
        : undefined;
  if (message) findings.fault({ kind: 'export-changed', place: 'export', field: PACK.coverage, message });
}

/** Of what is compared. */
const COVERAGE_JUDGES = {
  complete: isOneOf(true, false),
  endpoints: isListOf(isObjectOf({ endpointId: isText, gaps: isListOf(isObjectOf({ start: isText })) })),
};

import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { packExport } from '../../verification/exports/audit-pack.ts';
import { type Complaints, noComplaints } from '../asking/complaints.ts';
import { type ExportOptions, exportCommand, exportConnections } from '../export/command.ts';
import { pathsOf } from '../export/export-paths.ts';
import type { GivenWords } from '../export/export-question.ts';
import type { Surroundings } from '../surroundings.ts';
import { writeBeside } from './write-beside.ts';

/** What it takes of `export`: an auditor gets everybody, so no filter but those of endpoints. */
const OF_EXPORT = new Set('since until endpoint account endpointRegion tz restart api stack profile region'.split(' '));

const EXAMPLES = `
FOLDER gets all connections of the time with their evidence, coverage and gaps, who asked the trail, the keys, a table from controls (PCI DSS,
SOC 2, ISO 27001, NIST) to these files, and a README that says what to run. One signed manifest has the hash of each. An interrupted run goes on when
the same command is given again. Exit code 4: the time touches a gap, or what is not yet known.

Examples:
  cvpn-audit audit --since 2026-07-01 --until 2026-09-30 --out q3
  cvpn-audit audit --since 2026-07-01 --account 123456789012 --out q3-of-one-account
  cvpn-audit verify q3 --key public-key.pem`;

/** `cvpn-audit audit`: the pack that is handed to an auditor (ADR 38). */
export function auditCommand(surroundings: Surroundings): Command {
  const command = new Command('audit').description(
    'the pack for an auditor: an export with all that proves it, signed',
  );
  for (const option of exportCommand(surroundings).options) {
    if (OF_EXPORT.has(option.attributeName())) {
      command.addOption(option.attributeName() === 'since' ? option.makeOptionMandatory() : option);
    }
  }
  return command
    .addOption(
      new Option('--format <format>', 'how the connections are written').choices(EXPORT_FORMATS).default('csv'),
    )
    .requiredOption('--out <folder>', 'the folder: a new one, or an empty one')
    .addHelpText('after', EXAMPLES)
    .action((options: ExportOptions) => makePack(options, surroundings));
}

async function makePack(options: ExportOptions, surroundings: Surroundings): Promise<void> {
  const folder = resolve(options.out);
  const file = join(folder, packExport(options.format));
  const complaints = noComplaints();
  checkFolder(options, file, complaints);
  complaints.raise();
  await exportConnections({ ...options, out: file, evidence: true }, surroundings, {
    command: 'audit',
    given: options as unknown as GivenWords,
    prepare: () => {
      if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    },
    writeBeside: (exported) => {
      removeOthers(folder, options);
      return writeBeside(exported, folder, surroundings.terminal);
    },
  });
}

/** What an earlier pack in another format left, which is replaced. */
function removeOthers(folder: string, { format }: ExportOptions): void {
  const others = EXPORT_FORMATS.filter((one) => one !== format).map((one) => pathsOf(join(folder, packExport(one))));
  for (const path of others.flatMap((paths) => Object.values(paths))) rmSync(path, { recursive: true, force: true });
}

/** Whatever else lay in the folder would look like a part of the pack. */
function checkFolder({ out, restart }: ExportOptions, file: string, complaints: Complaints): void {
  const folder = dirname(file);
  if (!existsSync(folder)) {
    if (!statSync(dirname(folder), { throwIfNoEntry: false })?.isDirectory()) {
      complaints.add('--out', out, `a folder in one that is there; ${dirname(folder)} is not`);
    }
  } else if (!statSync(folder).isDirectory()) complaints.add('--out', out, 'a folder; this is a file');
  else if (!restart && !existsSync(pathsOf(file).state) && readdirSync(folder).length > 0) {
    complaints.add('--out', out, 'a new or empty folder; this one has files. --restart replaces a pack that is in it');
  }
}

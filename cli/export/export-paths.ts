import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileName } from '../../lambda/export/request.ts';
import { evidenceFolder, manifestFile } from '../../verification/exports/read-manifest.ts';
import type { Complaints } from '../asking/complaints.ts';

/** Everything that belongs to an export. */
export interface ExportPaths {
  /** The export itself: it exists only when complete. */
  readonly file: string;
  readonly manifest: string;
  readonly evidence: string;
  /** The received rows, as NDJSON. */
  readonly spool: string;
  /** The progress of the rows. While it exists, the export is incomplete. */
  readonly state: string;
  /** The export while it is being written. */
  readonly written: string;
}

/** The paths of an export. */
export function pathsOf(out: string): ExportPaths {
  const file = resolve(out);
  return {
    file,
    manifest: manifestFile(file),
    evidence: evidenceFolder(file),
    spool: `${file}.part`,
    state: `${file}.part.json`,
    written: `${file}.part.out`,
  };
}

/** Reports a file that cannot be written, or could not be signed. */
export function checkOut(out: string, complaints: Complaints): void {
  if (out === '-') {
    complaints.say(
      '--out - was given; expected a file: the signed manifest lies beside it, and names it by its hash. For rows in a pipe: cvpn-audit connections --all --output ndjson.',
    );
    return;
  }
  const file = resolve(out);
  const folder = dirname(file);
  if (isFolder(file)) complaints.add('--out', out, 'a file; this is a folder');
  else if (!isFolder(folder)) complaints.add('--out', out, `a file in a folder that is there; ${folder} is not`);
  else if (!fileName.safeParse(basename(file)).success) {
    complaints.add('--out', out, 'a name of at most 255 characters, without backslashes and control characters');
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Exports are personal data: only their owner may read them. */
export const OWNER_ONLY = 0o600;

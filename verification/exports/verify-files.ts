import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkRegularFile, NoRegularFile } from '../../lambda/regular-file.ts';
import { type Archive, checkpointObject, chunkObject, manifestObject } from '../../lambda/trail/archive.ts';
import type { ExportManifest, SignedFile } from '../../lambda/trail/export-manifest.ts';
import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import type { Fault, Findings } from '../findings.ts';
import { readCheckpointNote, readVouchedNote, type TrustedCheckpoint } from '../log/trusted-checkpoint.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import type { ExportedLog } from './exported-log.ts';

/**
 * The files of an export must match the hashes in its manifest, and the given one must be one of them. One that was renamed is
 * found under its new name.
 *
 * @returns the paths of the files
 */
export async function verifyFiles(
  file: string,
  { files, format }: ExportManifest,
  findings: Findings,
): Promise<readonly string[]> {
  const paths = files.map(({ name }) => (files.length === 1 ? file : join(dirname(file), basename(name))));
  if (!paths.includes(file)) {
    const message = `${basename(file)} is none of the files that the manifest names: ${files.map(({ name }) => name).join(', ')}.`;
    findings.fault({ kind: 'export-changed', place: 'export', field: 'files', message });
  }
  for (const [index, signed] of files.entries()) {
    const path = paths[index] ?? file;
    const isMarkedOtherwise = ({ otherwise }: FileContent) => {
      if (format !== 'csv' || otherwise !== signed.sha256) return false;
      findings.note(`${basename(path)} has a byte order mark more, or less, than when it was signed; no row differs.`);
      return true;
    };
    const other = `; the manifest says ${signed.bytes} of ${signed.sha256}`;
    await verifyFile(path, signed, { field: `files[${index}]`, other, isAlso: isMarkedOtherwise }, findings);
  }
  return paths;
}

/**
 * Verifies that a file is the one that was signed.
 *
 * @param words the member of the manifest; what is said of another content; and a content that is as good as the signed one
 * @returns false for what is under the file's name and is none, which nobody may read
 */
export async function verifyFile(
  path: string,
  { bytes, sha256 }: SignedFile,
  words: { readonly field: string; readonly other: string; readonly isAlso?: (found: FileContent) => boolean },
  findings: Findings,
): Promise<boolean> {
  const fault = (message: string) =>
    findings.fault({ kind: 'export-changed', place: 'export', field: words.field, message: `${message}.` });
  try {
    const found = await hashFile(path, bytes);
    if (!found) fault(`${basename(path)} is not there`);
    else if ((found.sha256 !== sha256 || found.bytes !== bytes) && !words.isAlso?.(found)) {
      fault(`${basename(path)} ${contentWords(found)}${words.other}`);
    }
    return true;
  } catch (error) {
    if (!(error instanceof NoRegularFile)) throw error;
    fault(error.message);
    return false;
  }
}

/** How a file's content is told. */
const contentWords = ({ bytes, sha256 }: FileContent): string =>
  `has ${bytes} bytes${sha256 === undefined ? '' : ` of SHA-256 ${sha256}`}`;

const MARK = Buffer.from('\uFEFF');

interface FileContent {
  readonly bytes: number;
  readonly sha256?: string;
  readonly otherwise?: string;
}

/**
 * The file's hash, and its hash without or with a byte order mark: programs that save CSV add or remove it. One that is larger than
 * was signed is not read: it may have any size.
 *
 * @param signed its bytes, as they were signed
 */
async function hashFile(path: string, signed: number): Promise<FileContent | undefined> {
  const [hash, other] = [createHash('sha256'), createHash('sha256')];
  let bytes = 0;
  try {
    const size = checkRegularFile(path);
    if (size > signed + MARK.length) return { bytes: size };
    await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        const isMarked = bytes === 0 && chunk.subarray(0, MARK.length).equals(MARK);
        if (bytes === 0 && !isMarked) other.update(MARK);
        other.update(isMarked ? chunk.subarray(MARK.length) : chunk);
        hash.update(chunk);
        bytes += chunk.length;
      }
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { bytes, sha256: hash.digest('hex'), otherwise: other.digest('hex') };
}

/** The readable evidence of an export. */
export interface ReadEvidence {
  readonly evidence: Archive;
  readonly logs: readonly ExportedLog[];
  readonly checkpoints: ReadonlyMap<string, TrustedCheckpoint>;
  readonly keys: TrustedKeys;
}

/**
 * The evidence must be exactly what the manifest names: the same checkpoints, and no extra files. Missing manifests and chunks
 * are reported when they are read.
 */
export async function verifyEvidenceFiles(
  { evidence, logs, checkpoints, keys }: ReadEvidence,
  manifest: ExportManifest,
  findings: Findings,
): Promise<void> {
  const named = new Set(logs.flatMap(namesOf));
  for (const [endpointId, { size, root }] of checkpoints) {
    const name = checkpointObject(endpointId, size);
    named.add(name);
    const bytes = await evidence.get(name);
    const note = Buffer.from(bytes ?? []).toString();
    const found = bytes && readCheckpointNote(note, endpointId, keys, size);
    const checkpoint = found?.checkpoint ?? (found && readVouchedNote(note, endpointId, keys));
    if (checkpoint?.size === size && isEqual(checkpoint.root, root)) continue;
    const why = found?.checkpoint ? '' : `: ${found?.why}`;
    const fault: Pick<Fault, 'kind' | 'message'> = found
      ? { kind: 'checkpoint-changed', message: `${name} is not the checkpoint that the manifest holds${why}.` }
      : { kind: 'evidence-missing', message: `${name} did not come along.` };
    findings.fault({ ...fault, place: 'export', endpointId });
  }
  const read = logs.filter(({ isWhole }) => isWhole).map(({ endpointId }) => endpointId);
  for await (const name of evidence.list('')) {
    const endpointId = name.split('/')[1] ?? '';
    // The files of an unreadable log are unknown.
    const isUnknown = manifest.checkpoints.some((one) => one.endpointId === endpointId) && !read.includes(endpointId);
    if (named.has(name) || isUnknown) continue;
    findings.fault({ kind: 'object-added', place: 'export', message: `${name} is nothing that the manifest names.` });
  }
}

function namesOf({ endpointId, manifests, others }: ExportedLog): string[] {
  return [...manifests, ...others].flatMap(({ entry, slot, chunks }) => [
    manifestObject(endpointId, entry),
    ...chunks.map(({ sha256 }) => chunkObject(endpointId, slot, sha256)),
  ]);
}

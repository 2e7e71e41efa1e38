import * as z from 'zod';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { readRegularFile } from '../../lambda/regular-file.ts';
import { parseJson } from '../../lambda/trail/bounded-json.ts';
import type { SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import { toText } from '../read-text-file.ts';

const whole = z.int().nonnegative();
const hashes = z.array(z.string().regex(/^[0-9a-f]{64}$/));

/** Loose: members of later versions are signed too, and must be kept. */
export const signedManifest = z.object({
  manifest: z.looseObject({
    form: z.literal(1),
    kind: z.enum(['search', 'day']),
    format: z.enum(EXPORT_FORMATS),
    files: z.array(z.looseObject({ name: z.string(), bytes: whole, sha256: z.string() })).min(1),
    rows: whole,
    question: z.record(z.string(), z.array(z.string())),
    window: z.looseObject({ since: z.string(), until: z.string(), match: z.string() }),
    coverage: z.looseObject({
      complete: z.boolean(),
      gaps: z.array(z.looseObject({ start: z.string(), end: z.string(), reasons: z.array(z.string()) })),
    }),
    assumptions: z.array(z.string()),
    checkpoints: z.array(z.looseObject({ endpointId: z.string(), note: z.string() })),
    evidence: z
      .array(
        z.looseObject({
          endpointId: z.string(),
          first: whole,
          size: whole,
          left: hashes,
          consistency: hashes,
          others: z.array(z.looseObject({ entry: whole, inclusion: hashes })),
        }),
      )
      .optional(),
    beside: z.array(z.looseObject({ name: z.string(), bytes: whole, sha256: z.string() })).optional(),
    exportedAt: z.string(),
    exportedBy: z.string(),
    versions: z.looseObject({ exporter: z.string() }),
  }),
  signature: z.string(),
  publicKey: z.string(),
});

/** What is beside an export in the place of its manifest is none. */
export class ManifestUnreadable extends Error {
  override readonly name = 'ManifestUnreadable';
}

/** More than any manifest has, with some hundred bytes for each entry of evidence outside of its stretch. */
const LARGEST_BYTES = 256 * 1024 ** 2;

/** The manifest beside an export. */
export const manifestFile = (file: string): string => `${file}.manifest.json`;

/** The folder with the evidence beside an export. */
export const evidenceFolder = (file: string): string => `${file}.evidence`;

/**
 * Reads the manifest beside an export without checking it.
 *
 * @throws ManifestUnreadable if something else is in its place; Error if it is missing
 */
export function readSignedManifest(file: string): SignedManifest {
  const path = manifestFile(file);
  const expected = `Expected the manifest that the export wrote beside ${file}`;
  let text: string;
  try {
    text = toText(readRegularFile(path, LARGEST_BYTES));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(`There is no ${path}. ${expected}: without it nothing can be verified.`, { cause });
    }
    throw new ManifestUnreadable(`${path} cannot be read: ${toError(cause).message}. ${expected}.`, { cause });
  }
  try {
    return signedManifest.parse(parseJson(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ManifestUnreadable(`${path} is no manifest of an export. ${expected}. What is wrong:\n${why}`, {
      cause: error,
    });
  }
}

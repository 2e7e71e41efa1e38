import * as z from 'zod';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { MOST_ENDPOINTS, MOST_FILES, MOST_OTHERS } from '../../lambda/export/request.ts';
import { readRegularFile } from '../../lambda/regular-file.ts';
import { LARGEST_OBJECT_BYTES } from '../../lambda/trail/archive.ts';
import { parseJson } from '../../lambda/trail/bounded-json.ts';
import type { SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { isInstant, isListOf, isMapOf, isText } from '../../lambda/trail/judged.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import { toText } from '../read-text-file.ts';

/** A list of which the first wrong element is told: each of millions would take more memory than there is. */
const list = <T extends z.ZodType>(element: T, most = Number.POSITIVE_INFINITY) =>
  z.custom<z.output<T>[]>(Array.isArray, 'expected a list').superRefine((all, context) => {
    if (all.length > most) context.addIssue({ code: 'custom', message: `expected at most ${most}, got ${all.length}` });
    for (const [index, one] of all.entries()) {
      const [issue] = element.safeParse(one).error?.issues ?? [];
      if (!issue) continue;
      context.addIssue({ code: 'custom', path: [index, ...issue.path], message: issue.message });
      return;
    }
  });

const whole = z.int().nonnegative();
const instant = z.string().refine(isInstant, 'an instant like 2026-11-22T14:05:00Z');
const hashes = list(z.string().regex(/^[0-9a-f]{64}$/));
const signedFiles = list(z.looseObject({ name: z.string(), bytes: whole, sha256: z.string() }), MOST_FILES);
const question = z.custom<Record<string, string[]>>(
  isMapOf(isListOf(isText)),
  'expected parameters, each with a list of texts',
);

/** Loose: members of later versions are signed too, and must be kept. */
export const signedManifest = z.object({
  manifest: z.looseObject({
    form: z.literal(1),
    kind: z.enum(['search', 'day']),
    format: z.enum(EXPORT_FORMATS),
    files: signedFiles.refine(({ length }) => length > 0, 'expected a file'),
    rows: whole,
    question,
    window: z.looseObject({ since: instant, until: instant, match: z.string() }),
    coverage: z.looseObject({
      complete: z.boolean(),
      gaps: list(z.looseObject({ start: instant, end: instant, reasons: list(z.string()) })),
      projectedThrough: instant.optional(),
      pendingSince: instant.optional(),
    }),
    assumptions: list(z.string()),
    checkpoints: list(z.looseObject({ endpointId: z.string(), note: z.string() })),
    evidence: list(
      z.looseObject({
        endpointId: z.string(),
        first: whole,
        size: whole,
        left: hashes,
        consistency: hashes,
        others: list(z.looseObject({ entry: whole, inclusion: hashes }), MOST_OTHERS),
      }),
      MOST_ENDPOINTS,
    ).optional(),
    beside: signedFiles.optional(),
    exportedAt: instant,
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
    text = toText(readRegularFile(path, LARGEST_OBJECT_BYTES));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(`There is no ${path}. ${expected}: without it nothing can be verified.`, { cause });
    }
    throw new ManifestUnreadable(`${path} cannot be read: ${toError(cause).message}. ${expected}.`, { cause });
  }
  try {
    const signed = signedManifest.parse(parseJson(text));
    const name = memberTwice(text);
    if (name !== undefined) throw new Error(`it has a member twice, of which others may read the other one: ${name}`);
    return signed;
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ManifestUnreadable(`${path} is no manifest of an export. ${expected}. What is wrong:\n${why}`, {
      cause: error,
    });
  }
}

/** The name of a member that an object of a JSON text has twice. */
function memberTwice(text: string): string | undefined {
  const open: Set<unknown>[] = [];
  let before = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]+|\\.)*"|[{}:]/g)) {
    if (token === '{') open.push(new Set());
    if (token === '}') open.pop();
    if (token === ':') {
      const [name, names] = [JSON.parse(before) as unknown, open.at(-1)];
      if (names?.has(name)) return before;
      names?.add(name);
    }
    before = token;
  }
  return undefined;
}

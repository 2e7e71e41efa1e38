import { open, readFile, rename, rm } from 'node:fs/promises';
import * as z from 'zod';
import { toJson } from '../../lambda/query/json.ts';
import { answerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { OWNER_ONLY } from './export-paths.ts';

const values = z.record(z.string(), z.array(z.string()));

const exportState = z.object({
  form: z.literal(1),
  /** The options that make the question, as they were given, with the format and the API's address. */
  asked: values,
  /** The parameters of `GET /connections`: the window has both ends now. */
  question: values,
  match: z.string(),
  /** The coverage of all answers so far. */
  coverage: answerCoverage,
  /** The cursor of the next page; absent before the first, and after the last. */
  cursor: z.string().optional(),
  /** Whether the last page was received. */
  hasAllRows: z.boolean(),
  rows: z.int().nonnegative(),
  /** Bytes of the spool that hold these rows; later bytes are from a page that broke off. */
  bytes: z.int().nonnegative(),
});

/** The progress of an export; in a file beside it, from its first answer until it is complete. */
export type ExportState = z.output<typeof exportState>;

/** The state in a file; undefined if there is none, `unreadable` if it is something else. */
export async function readState(path: string): Promise<ExportState | 'unreadable' | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return exportState.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

/** Replaces the state atomically. */
export function saveState(path: string, state: ExportState): Promise<void> {
  return replaceFile(path, `${toJson(state, 2)}\n`);
}

/** Replaces a file atomically, even if the machine crashes. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const written = `${path}.new`;
  await rm(written, { force: true });
  const handle = await open(written, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(written, path);
}

/** The differences between two queries, as parts of sentences; empty if they are equal. */
export function differences(then: ExportState['asked'], now: ExportState['asked']): string[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [before, given] = [then, now].map((asked) => asked[name]?.join(', '));
    return before === given ? [] : [`${name} was ${before ?? 'not given'} and is ${given ?? 'not given'}`];
  });
}

import { createHash } from 'node:crypto';
import { parseAwsTime } from '../trail/time.ts';
import { shorten } from './parameters/parse.ts';
import { QueryProblem } from './problem.ts';

const CURSOR_FORM = 1;
/** Places are compared with sort keys, which have this many bytes at most (DynamoDB developer guide, "Constraints"). */
const KEY_BYTES = 1024;
/** The paging parameters: they are not part of the query itself. */
const NOT_THE_QUESTION = new Set(['cursor', 'limit']);

const DAY = '2026-11-22';
const INSTANT = '2026-11-22T14:03:00Z';

/** A position in the answer to a query. */
export interface Place {
  /** Sort key: the rows before it were returned already. */
  readonly before: string;
  /** The slots that the answer is pinned to, by endpoint, if it comes from snapshots. */
  readonly slots?: Readonly<Record<string, string>> | undefined;
}

/** Writes a cursor for a position in the answer to the query. */
export function writeCursor(path: string, question: URLSearchParams, { before, slots }: Place): string {
  const content = [CURSOR_FORM, digest(path, question), before, ...(slots ? [slots] : [])];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws QueryProblem if it is invalid, or belongs to another query
 */
export function readCursor(path: string, question: URLSearchParams, cursor: string): Place {
  const [version, bound, before, slots] = parse(cursor);
  if (version !== CURSOR_FORM || typeof before !== 'string' || !areSlots(slots)) {
    throw new QueryProblem('cursor-invalid', 'The cursor does not parse; expected the one of the answer before.');
  }
  if (!isPlace(before)) throw noPlace(before);
  if (bound !== digest(path, question)) {
    throw new QueryProblem(
      'cursor-invalid',
      'The cursor belongs to another question; expected the parameters of the answer that it came with.',
    );
  }
  return slots ? { before, slots } : { before };
}

/**
 * Reads a cursor whose place is a slot.
 *
 * @throws QueryProblem like {@link readCursor}
 */
export function readSlotCursor(path: string, question: URLSearchParams, cursor: string): Place {
  const place = readCursor(path, question, cursor);
  if (isInstant(place.before)) return place;
  throw noPlace(place.before);
}

function noPlace(before: string): QueryProblem {
  return new QueryProblem(
    'cursor-invalid',
    `The cursor names "${shorten(before)}", which is no place of an answer; expected the cursor of the answer before.`,
  );
}

const isInstant = (text: string): boolean => parseAwsTime(text) === text;

function parse(cursor: string): readonly unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(content) ? content : [];
  } catch {
    return [];
  }
}

/** All places begin with an instant, or are a day. */
function isPlace(text: string): boolean {
  const begin = text.length > DAY.length ? text.slice(0, INSTANT.length) : `${text}T00:00:00Z`;
  return isInstant(begin) && text.isWellFormed() && Buffer.byteLength(text) <= KEY_BYTES;
}

function areSlots(slots: unknown): slots is Record<string, string> | undefined {
  if (slots === undefined) return true;
  if (typeof slots !== 'object' || slots === null || Array.isArray(slots)) return false;
  return Object.values(slots).every((slot) => typeof slot === 'string' && isInstant(slot));
}

/** Equal for queries that differ only in the order of their parameters. */
function digest(path: string, question: URLSearchParams): string {
  const parameters = [...question].filter(([name]) => !NOT_THE_QUESTION.has(name)).map((pair) => JSON.stringify(pair));
  const text = [path, ...parameters.sort()].join('\n');
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

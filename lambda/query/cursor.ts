import { createHash } from 'node:crypto';
import { QueryProblem } from './problem.ts';

/** The form of cursors that this version writes and reads. */
const VERSION = 1;
/** All places begin with a day, */
const PLACE = /^\d{4}-\d\d-\d\d/;
/** and are compared with sort keys, which have so many bytes at most (DynamoDB developer guide, "Constraints"). */
const KEY_BYTES = 1024;
/** What a question is besides its parameters: where it goes on, and how much of it at a time. */
const NOT_THE_QUESTION = new Set(['cursor', 'limit']);

/** A place in the answer to a question. */
export interface Place {
  /** Sort key: rows before it in the answer are given already. */
  readonly before: string;
  /** Slots that the answer is pinned to, by endpoint, where it comes from snapshots. */
  readonly slots?: Readonly<Record<string, string>> | undefined;
}

/** Writes a cursor that goes on from a place in the answer to the question. */
export function writeCursor(path: string, question: URLSearchParams, { before, slots }: Place): string {
  const content = [VERSION, digest(path, question), before, ...(slots ? [slots] : [])];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws QueryProblem where it is none of ours, or belongs to another question
 */
export function readCursor(path: string, question: URLSearchParams, cursor: string): Place {
  const [version, bound, before, slots] = parse(cursor);
  if (version !== VERSION || typeof before !== 'string' || !isPlace(before) || !areSlots(slots)) {
    throw new QueryProblem('cursor-invalid', 'The cursor does not parse; expected the one of the answer before.');
  }
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
  if (SLOT.test(place.before)) return place;
  throw new QueryProblem('cursor-invalid', 'The cursor does not parse; expected the one of the answer before.');
}

const SLOT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function parse(cursor: string): readonly unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(content) ? content : [];
  } catch {
    return [];
  }
}

function isPlace(text: string): boolean {
  return PLACE.test(text) && text.isWellFormed() && Buffer.byteLength(text) <= KEY_BYTES;
}

function areSlots(slots: unknown): slots is Record<string, string> | undefined {
  if (slots === undefined) return true;
  if (typeof slots !== 'object' || slots === null || Array.isArray(slots)) return false;
  return Object.values(slots).every((slot) => typeof slot === 'string' && SLOT.test(slot));
}

/** Equal for questions that differ in the order of their parameters only. */
function digest(path: string, question: URLSearchParams): string {
  const parameters = [...question].filter(([name]) => !NOT_THE_QUESTION.has(name)).map((pair) => JSON.stringify(pair));
  const text = [path, ...parameters.sort()].join('\n');
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

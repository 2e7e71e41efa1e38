import { writeCursor } from './cursor.ts';
import { toJson } from './json.ts';
import { QueryProblem } from './problem.ts';
import type { Answered, Question } from './routes/route.ts';

interface List<Row> {
  /** Its name in the answer. */
  readonly name: string;
  readonly rows: readonly Row[];
  /** Where a row stands, as cursors have it. What stands at one place is given together. */
  readonly placeOf: (row: Row) => string;
  /** Where the answer goes on, if there is more than these rows. */
  readonly before?: string | undefined;
  /** Slots that the answer is pinned to. */
  readonly slots?: Readonly<Record<string, string>> | undefined;
  readonly rest: (rows: readonly Row[]) => Readonly<Record<string, unknown>>;
}

/** A list as an answer, which may end sooner than it was asked for. */
export function answerList<Row>(question: Pick<Question<never>, 'path' | 'search'>, list: List<Row>): Answered {
  const { name, rows, placeOf, before, slots, rest } = list;
  const cursor = before === undefined ? undefined : writeCursor(question.path, question.search, { before, slots });
  return {
    rows: rows.length,
    body: { [name]: rows, ...rest(rows), ...(cursor === undefined ? {} : { cursor }) },
    list: {
      name,
      endAfter: (most) => {
        const next = rows[most];
        const kept = next === undefined ? rows : rows.slice(0, most).filter((row) => placeOf(row) !== placeOf(next));
        const last = kept.at(-1);
        return last && answerList(question, { ...list, rows: kept, before: placeOf(last) });
      },
    },
  };
}

/**
 * Bytes of an answer. Lambda takes a response of 6,291,556 (Lambda quotas, invocation payload), in which the answer is a text
 * within JSON beside its status and its headers.
 */
const MOST_BYTES = 6_000_000;
/** What makes an answer smaller, by the parameter that does. */
const NARROWER = { since: 'a later since', until: 'an earlier until', endpoint: 'one endpoint' };
/** As long as a cursor may be. */
const CURSOR_BYTES = 4096;

/**
 * The content of an answer, which ends sooner where Lambda would not send it.
 *
 * @param takes the parameters that the route takes
 * @throws QueryProblem where it would be too large all the same
 */
export function fitAnswer(
  answered: Answered,
  takes: readonly string[] = [],
): { readonly content: string | Uint8Array; readonly type: string; readonly rows: number } {
  const { body, text, list, rows } = answered;
  if (text !== undefined) return { content: text, type: 'text/plain; charset=utf-8', rows };
  if (body instanceof Uint8Array) {
    // Lambda sends bytes as base64.
    if ((4 / 3) * body.length <= MOST_BYTES) return { content: body, type: 'application/gzip', rows };
    throw new QueryProblem(
      'answer-too-large',
      `The chunk has ${body.length} bytes, which is more than can be sent; it is in the archive, under its SHA-256.`,
    );
  }
  const content = toJson(body);
  // No character takes more than three bytes for each of its UTF-16 units: mostly nothing needs to be measured.
  if (3 * content.length <= MOST_BYTES || sentBytes(content) <= MOST_BYTES) {
    return { content, type: 'application/json', rows };
  }
  const given = list ? (body[list.name] as readonly unknown[]) : [];
  let bytes = CURSOR_BYTES + (list ? sentBytes(toJson({ ...body, [list.name]: [] })) : 0);
  const fitting = given.findIndex((row) => {
    bytes += sentBytes(toJson(row));
    return bytes > MOST_BYTES;
  });
  const shorter = fitting > 0 ? list?.endAfter(fitting) : undefined;
  if (shorter) return fitAnswer(shorter, takes);
  const narrower = Object.entries(NARROWER).flatMap(([name, words]) => (takes.includes(name) ? [words] : []));
  const expected = new Intl.ListFormat('en', { type: 'disjunction' }).format(narrower);
  throw new QueryProblem(
    'answer-too-large',
    `The answer would have more than ${MOST_BYTES} bytes, which is all that can be sent${expected && `; expected a question about less: ${expected}`}.`,
  );
}

/** Bytes of a text within JSON. */
function sentBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

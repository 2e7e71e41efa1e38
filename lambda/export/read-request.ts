import { connectionsParameters } from '../query/parameters/definitions.ts';
import { canonicalParameters, type Given, parseParameters, wrongParameters } from '../query/parameters/parse.ts';
import { checkWindow } from '../query/parameters/window.ts';
import type { ParameterError } from '../query/problem.ts';
import type { Instant } from '../trail/time.ts';
import { type ExportRequest, exportRequest, MOST_BODY_BYTES } from './request.ts';

const { at: _at, limit: _limit, cursor: _cursor, ...parameters } = connectionsParameters;

/** The exported query, as parsed by `GET /connections`; the window has both ends. */
type ExportedQuestion = Given<typeof parameters> & { readonly since: Instant; readonly until: Instant };

/**
 * Reads the body of `POST /exports`.
 *
 * @throws QueryProblem that names every wrong member, and what is expected
 */
export function readRequest(text: string): ExportRequest {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BODY_BYTES) {
    throw wrongParameters([{ parameter: 'body', given: `${bytes} bytes`, expected: `at most ${MOST_BODY_BYTES}` }]);
  }
  const read = exportRequest.safeParse(parseJson(text));
  if (read.success) return { ...read.data, question: canonicalQuestion(read.data.question) };
  throw wrongParameters(
    read.error.issues.map((issue) => {
      const path = issue.path.map(String);
      if (issue.code !== 'unrecognized_keys') return { parameter: path.join('.') || 'body', expected: issue.message };
      return { parameter: [...path, issue.keys[0] ?? ''].join('.'), expected: 'no such member' };
    }),
  );
}

/** In the form that is signed: a time is the instant that it means. */
function canonicalQuestion(question: ExportRequest['question']): ExportRequest['question'] {
  return Object.fromEntries(
    Object.entries(question).map(([name, values]) => {
      const given = new URLSearchParams(values.map((value): [string, string] => [name, value]));
      return [name, canonicalParameters(parameters, given).getAll(name)];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongParameters([{ parameter: 'body', expected: 'a JSON document' }]);
  }
}

/** The query as parameters, in the given order. */
export function searchOf({ question }: ExportRequest): URLSearchParams {
  return new URLSearchParams(
    Object.entries(question).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  );
}

/**
 * Reads the query as `GET /connections` does.
 *
 * @throws QueryProblem if it is invalid, or an end of the window is open
 */
export function readQuestion(search: URLSearchParams): ExportedQuestion {
  const given = parseParameters(parameters, search);
  const { since, until } = given;
  const open: ParameterError[] = Object.entries({ since, until }).flatMap(([name, end]) =>
    end === undefined ? [{ parameter: name, expected: 'both ends of the window that was exported' }] : [],
  );
  if (since === undefined || until === undefined) throw wrongParameters(open);
  checkWindow(since, until);
  return { ...given, since, until };
}

import { Unreadable } from '../trail/judged.ts';
import { toInstant } from '../trail/time.ts';
import { toJson } from './json.ts';
import { fitAnswer } from './list-answer.ts';
import { PROBLEMS, QueryProblem } from './problem.ts';
import type { Answered, RoutePorts } from './routes/route.ts';

/** Who asks. */
export interface Caller {
  /** An IAM ARN, or the local user on one machine; recorded in the accesses. */
  readonly principal: string;
  /** One for each request; recorded in the accesses and shown in problems. */
  readonly requestId: string;
}

/** More than any query needs. */
const LONGEST_QUESTION = 16_384;

/** @throws QueryProblem for parameters that are too long to be recorded */
export function checkLength(search: string): void {
  if (search.length <= LONGEST_QUESTION) return;
  throw new QueryProblem('parameters-invalid', `Expected parameters of at most ${LONGEST_QUESTION} characters.`);
}

/** Answers are personal data: they must not be cached. */
const NO_STORE = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/**
 * Answers, and records the access before the answer is sent; also if nothing was found.
 *
 * @param takes the parameters that the route takes
 */
export async function answerAndNote(
  ports: RoutePorts,
  caller: Caller,
  question: string,
  answer: () => Promise<Answered>,
  takes?: readonly string[],
): Promise<Response> {
  const found = await answer()
    .then((answered) => fitAnswer(answered, takes))
    .catch((error: unknown) => {
      if (error instanceof QueryProblem && PROBLEMS[error.kind].status === 404) return error;
      throw error;
    });
  const rows = found instanceof QueryProblem ? 0 : found.rows;
  try {
    await ports.accesses.note({ at: toInstant(ports.now()), ...caller, question, rows });
  } catch (error) {
    throw new QueryProblem('access-not-noted', 'Who reads the trail is noted first; try again later.', undefined, {
      cause: error,
    });
  }
  if (found instanceof QueryProblem) throw found;
  const { content, type } = found;
  return new Response(content as string | Uint8Array<ArrayBuffer>, { headers: { 'Content-Type': type, ...NO_STORE } });
}

/** The answer for an error. Internal details go to `onError` only. */
export function answerFailure(error: unknown, caller: Caller, onError: (error: unknown) => void): Response {
  const problem = error instanceof QueryProblem ? error : hidden(error);
  if (PROBLEMS[problem.kind].status >= 500) onError(error);
  return problemResponse(problem, caller);
}

/** Of an internal error, the caller learns only whether to retry; and of what was stored, which item is wrong. */
function hidden(error: unknown): QueryProblem {
  if (error instanceof Unreadable) {
    const todo = '`cvpn-audit verify` says what else is; connections can be made again with `cvpn-audit rebuild`.';
    return new QueryProblem('item-unreadable', `${error.message} ${todo}`, undefined, { cause: error });
  }
  // A network error has its reason in the code, an AWS error in the name.
  const { name = '', code = '', $fault } = error as { name?: string; code?: unknown; $fault?: string };
  const mayPass = $fault === 'server' || MAY_PASS.test(`${name} ${String(code)}`);
  return mayPass
    ? new QueryProblem('trail-unavailable', 'Try again later.')
    : new QueryProblem('internal-error', 'The request id names it in the log of the function.');
}

const MAY_PASS = /Throttl|ProvisionedThroughput|RequestLimit|Timeout|ECONN|EPIPE|EAI_AGAIN|ENOTFOUND/;

/** Another method than the address answers; `allowed` are those that it does (RFC 9110, Allow). */
export function methodNotAllowed(given: string, allowed: string, caller: Caller): Response {
  const problem = new QueryProblem('method-not-allowed', `Got ${given}, expected ${allowed}.`);
  return problemResponse(problem, caller, { Allow: allowed });
}

/** A problem document (RFC 9457). */
export function problemResponse(
  problem: QueryProblem,
  { requestId }: Caller,
  more: Readonly<Record<string, string>> = {},
): Response {
  const document = problem.toDocument(requestId);
  const headers = { 'Content-Type': 'application/problem+json', ...NO_STORE, ...more };
  return new Response(toJson(document), { status: document.status, headers });
}

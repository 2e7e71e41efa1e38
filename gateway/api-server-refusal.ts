import { EXPORTS_PATH } from '../lambda/export/request.ts';
import type { Problem } from '../lambda/query/schemas/trail.ts';
import { Ec2Error } from './ec2-query-protocol/ec2-error.ts';
import { CONTENT_TYPE, errorReply } from './ec2-query-protocol/reply.ts';
import { isPage, refusedPage, wantsPage } from './pages.ts';

/** Why a request is rejected, and EC2's code for it. */
const REFUSALS = {
  'host-not-ours': { status: 421, title: 'This address answers under its own name only', code: 'InvalidRequest' },
  'origin-foreign': { status: 403, title: 'Pages of other sites may not ask', code: 'UnauthorizedOperation' },
  'target-invalid': { status: 400, title: 'The address of the request is not a path', code: 'InvalidRequest' },
  'url-too-long': { status: 414, title: 'The URL is too long', code: 'InvalidRequest' },
  'body-too-large': { status: 413, title: 'The body is too large', code: 'InvalidRequest' },
  'token-missing': { status: 401, title: 'The token is missing or wrong', code: 'AuthFailure' },
  'method-not-allowed': { status: 405, title: 'This address does not answer this method', code: 'InvalidRequest' },
  'too-many-questions': { status: 503, title: 'Too many questions at a time', code: 'RequestLimitExceeded' },
  'internal-error': { status: 500, title: 'The question could not be answered', code: 'InternalError' },
} as const;

type RefusalKind = keyof typeof REFUSALS;

/** A request that the server itself rejects. The message is for the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;
  /** The methods that are answered, where it is about those. */
  readonly allowed: string | undefined;

  /** @param message - what was given, what is expected, what to do */
  constructor(kind: RefusalKind, message: string, allowed?: string) {
    super(message);
    this.kind = kind;
    this.allowed = allowed;
  }
}

/** A method that an address does not answer; `allowed` are those that it does (RFC 9110, Allow). */
export function methodRefused(given: string, allowed: string): Refusal {
  return new Refusal('method-not-allowed', `Got ${given}, expected ${allowed}.`, allowed);
}

/** The POSTs that do not come from AWS's tools: they get problem documents, with any token. */
const TO_THE_API = new RegExp(`${EXPORTS_PATH}(?:$|\\?)|^(?:/t/[^/]*)?/ui(?:/|$)`);
/** A GET of AWS's protocol has its parameters in the query. */
const OF_AWS = /\/\?(?:.*&)?Action=/s;

function isOfAws(method: string | undefined, url: string): boolean {
  return method === 'POST' ? !TO_THE_API.test(url) : OF_AWS.test(url);
}

interface RefusedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: { readonly accept?: string | undefined };
}

/**
 * The answer to a request that was rejected or failed: a problem document (RFC 9457), an EC2 error for AWS's tools, which read
 * nothing else, or a page for a browser. It has no internal details.
 *
 * @param incoming - the received request; the path of its URL may begin with a token
 */
export function refusalResponse(
  error: unknown,
  { method, url = '', headers: { accept } = {} }: RefusedRequest,
  requestId: string,
): Response {
  const refused = error instanceof Refusal ? error : new Refusal('internal-error', 'What it printed tells why.');
  const { status, title, code } = REFUSALS[refused.kind];
  const detail = refused.message;
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : undefined;
  const allow = refused.allowed === undefined ? undefined : { Allow: refused.allowed };
  const later = status === 503 ? { 'Retry-After': '1' } : undefined;
  const headers = { 'x-amzn-requestid': requestId, ...challenge, ...allow, ...later };
  if (isOfAws(method, url)) {
    const { xml } = errorReply(new Ec2Error(code, `${title}. ${detail}`, status), requestId);
    return new Response(xml, { status, headers: { ...headers, 'Content-Type': CONTENT_TYPE } });
  }
  if (wantsPage(accept) && (isPage(url) || url.startsWith('/t/') || url === '/')) {
    const page = refusedPage(title, detail, url, headers);
    return new Response(page.body, { status, headers: page.headers });
  }
  return answerProblem({ type: `/problems/${refused.kind}`, title, status, detail, requestId }, headers);
}

/** A problem document (RFC 9457) as an answer. */
export function answerProblem(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
  });
}

import { answerProblem } from '../../gateway/api-server-refusal.ts';
import { ApiFailure } from '../api/api-failure.ts';
import { type AwsIdentity, identityFinder } from '../api/aws-identity.ts';
import type { CredentialSource } from '../api/credential-source.ts';
import type { ApiAddress } from '../api/find-api.ts';
import { networkFailure } from '../api/network-failure.ts';
import { parseExactly } from '../api/parse-exactly.ts';
import { questionUrl } from '../api/question.ts';
import { refusal } from '../api/refusal.ts';
import { type RequestPorts, requestSender, type SendRequest, TIMEOUT_MILLISECONDS } from '../api/send-request.ts';
import { signQuestion } from '../api/sign.ts';

/** One request to the trail's HTTP API: a GET, or a POST of a JSON document. */
export type RawAsk = (path: string, document?: string) => Promise<Response>;

type RawAskPorts = RequestPorts & { readonly now: () => Date };

/**
 * Queries the trail's API, signed if it is not on this machine, and returns its answers unchanged. Other replies and all
 * errors become a problem document that says what to do; nothing is thrown.
 */
export function createRawAsk(address: ApiAddress, source: CredentialSource, ports: RawAskPorts): RawAsk {
  const identify = identityFinder(source, source.region ?? address.region, ports.now);
  const sendRequest = requestSender(address, source);
  return async (path, document) => {
    try {
      const identity = address.isSigned ? await identify() : undefined;
      const response = await send(address, { identity, sendRequest }, { path, document }, ports);
      const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
      return response.ok || isProblem ? response : await explain(response, address, { identity, source });
    } catch (error) {
      if (error instanceof ApiFailure) return failed(403, error.message);
      return failed(502, networkFailure(error, address, TIMEOUT_MILLISECONDS).message);
    }
  };
}

async function send(
  address: ApiAddress,
  { identity, sendRequest }: { readonly identity: AwsIdentity | undefined; readonly sendRequest: SendRequest },
  { path, document }: { readonly path: string; readonly document: string | undefined },
  ports: RawAskPorts,
): Promise<Response> {
  const { pathname, searchParams } = new URL(`http://trail.invalid${path}`);
  const names = [...new Set(searchParams.keys())];
  const question = Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]));
  const url = questionUrl(address.url, pathname.slice(1).split('/').map(decode), question);
  const signed = identity ? await signQuestion(url, question, identity, ports.now(), document) : {};
  return sendRequest({ url, document }, signed, ports);
}

/** A text that is not percent-encoded is used as it is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A gateway's reply is not a problem document yet. */
async function explain(
  response: Response,
  address: ApiAddress,
  asker: { readonly identity: AwsIdentity | undefined; readonly source: CredentialSource },
): Promise<Response> {
  const { status, headers } = response;
  const { message } = refusal({ status, headers, content: parseExactly(await response.text()) }, address, asker);
  if (status === 401 || status === 403) return failed(403, message);
  if (TOO_LONG.has(status)) return failed(414, message);
  return failed(status === 429 ? 429 : 502, message);
}

const TOO_LONG = new Set([413, 414, 431]);

const TITLES = {
  403: 'The API does not permit the question',
  414: 'The question is longer than the API takes',
  429: 'The API is asked too often',
  502: 'The API does not answer',
} as const;

function failed(status: keyof typeof TITLES, detail: string): Response {
  return answerProblem({ type: `/problems/api-${status}`, title: TITLES[status], status, detail });
}

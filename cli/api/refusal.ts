import { type Problem, problem } from '../../lambda/query/schemas/trail.ts';
import { attributeOf, optionOf } from '../../words/command-line.ts';
import { printable } from '../../words/printable.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { ApiFailure } from './api-failure.ts';
import type { AwsIdentity } from './aws-identity.ts';
import { type CredentialSource, renewWords } from './credential-source.ts';
import type { ApiAddress } from './find-api.ts';

/** What came back over HTTP. */
export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON; undefined where it is none. */
  readonly content: unknown;
}

/** Who asked, where the question was signed. */
export interface Asker {
  readonly identity?: AwsIdentity | undefined;
  readonly source: CredentialSource;
}

/** The problem document (RFC 9457) in a reply. */
export function problemOf({ headers, content }: ApiReply): Problem | undefined {
  if (!headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  return problem.safeParse(content).data;
}

/** Says why a reply is not an answer, and what to do. */
export function refusal(reply: ApiReply, address: ApiAddress, asker: Asker): Error {
  const document = problemOf(reply);
  if (document) return fromProblem(document);
  if (reply.status === 401 || reply.status === 403) return notPermitted(reply, address, asker);
  if (reply.status === 429) return new ApiFailure(`${address.url} is asked too often (429). Try again in a moment.`);
  if (reply.status >= 500) {
    return new ApiFailure(
      `The API at ${address.url} failed (${reply.status}${quote(messageOf(reply))}). Try again; its log tells more.`,
    );
  }
  return notThisApi(reply, address);
}

/** The address belongs to something else. */
export function notThisApi({ status, headers }: ApiReply, { url }: ApiAddress): ApiFailure {
  const what = headers.get('content-type') ?? 'without a content type';
  return new ApiFailure(
    `What answers at ${url} is not the API of an audit trail (${status}, ${printable(what)}). Check the address: "cvpn-audit serve" prints its own, a deployment has it as the output ApiUrl.`,
  );
}

function fromProblem({ title, detail, errors, status, type, requestId }: Problem): Error {
  const text = printable(detail ?? title);
  if (type.endsWith('/cursor-invalid')) {
    return new WrongUsage(`--cursor: ${text} Ask with the options of the answer before, or without --cursor.`);
  }
  if (status === 400 && errors !== undefined && errors.length > 0) {
    return new WrongUsage(errors.map(wrongParameter).join('\n'));
  }
  if (status < 500) return new ApiFailure(text);
  const asked = requestId === undefined ? '' : `, request ${printable(requestId)}`;
  return new ApiFailure(`${printable(title)}: ${text} (${status}${asked})`);
}

function wrongParameter({ parameter, given, expected }: NonNullable<Problem['errors']>[number]): string {
  const what = given === undefined ? 'is wrong' : `was given '${given}'`;
  return printable(`${optionOf(attributeOf(parameter))} ${what}; expected ${expected}.`);
}

/** API Gateway's words and headers: AWS re:Post, "How do I troubleshoot HTTP 403 errors from API Gateway?". */
function notPermitted(reply: ApiReply, { url, isSigned, region }: ApiAddress, { identity, source }: Asker): ApiFailure {
  const words = messageOf(reply);
  const kind = `${reply.headers.get('x-amzn-errortype') ?? ''} ${words}`;
  const said = `${reply.status}${quote(words)}`;
  if (!isSigned)
    return new ApiFailure(
      `${url} refused the question (${said}). Is it the address that "serve" or "console" printed?`,
    );
  const who = `access key ${identity?.credentials.accessKeyId}${source.profile ? ` of the profile ${source.profile}` : ''}`;
  if (/Signature (not yet current|expired)/i.test(kind)) {
    return new ApiFailure(`${url} refused the signature's time (${said}). Set this machine's clock right.`);
  }
  if (/expired/i.test(kind)) return new ApiFailure(`The AWS credentials have expired (${said}). ${renewWords(source)}`);
  if (/scoped to a valid region/i.test(kind)) {
    return new ApiFailure(
      `The question was signed for the Region ${identity?.region}, which is not that of ${url} (${said}). Name the API's Region with --region.`,
    );
  }
  if (/token included in the request is invalid|InvalidSignature|signature we calculated/i.test(kind)) {
    return new ApiFailure(`${url} does not accept the AWS credentials (${said}; ${who}). Check them.`);
  }
  return new ApiFailure(
    `${url} refused the question (${said}). ${who[0]?.toUpperCase()}${who.slice(1)} needs execute-api:Invoke on this API${region === undefined ? '' : ` in ${region}`}; "aws sts get-caller-identity" tells whose it is, and whether it is still valid.`,
  );
}

function messageOf({ content }: ApiReply): string {
  const { message, Message } = Object(content) as { message?: unknown; Message?: unknown };
  const words = message ?? Message;
  return typeof words === 'string' ? printable(words.trim()) : '';
}

const quote = (words: string): string => (words === '' ? '' : `: ${words}`);

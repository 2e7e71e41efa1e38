import type * as z from 'zod';
import { toJson } from '../../lambda/query/json.ts';
import { printable } from '../../words/printable.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { ApiFailure } from './api-failure.ts';
import { identityFinder } from './aws-identity.ts';
import type { CredentialSource } from './credential-source.ts';
import type { ApiAddress } from './find-api.ts';
import { isWorthAnotherTry, networkFailure } from './network-failure.ts';
import { parseExactly } from './parse-exactly.ts';
import { type ApiQuestion, questionUrl } from './question.ts';
import { type ApiReply, type Asker, notThisApi, problemOf, refusal } from './refusal.ts';
import { type RequestPorts, requestSender, type SendRequest, TIMEOUT_MILLISECONDS } from './send-request.ts';
import { signQuestion } from './sign.ts';

/** Concurrent requests: API Gateway's default limits are far higher, and one machine has few processors. */
export const REQUESTS_AT_ONCE = 6;

/** The ports of the client. */
export interface ClientPorts extends RequestPorts {
  readonly now: () => Date;
  /** Resolves after so many milliseconds, rejects when the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The API of an audit trail. */
export interface Api {
  /**
   * Sends one query.
   *
   * @param schema - what the answer must be like
   * @returns the API's answer, including members that this version does not know; large integers are bigints
   * @throws ApiFailure, WrongUsage if an option caused the error, Interrupted
   */
  ask<T>(path: readonly string[], question: ApiQuestion, schema: z.ZodType<T>): Promise<T>;
  /**
   * Sends a JSON document.
   *
   * @param schema - what the answer must be like
   * @throws ApiFailure, Interrupted
   */
  send<T>(path: readonly string[], document: unknown, schema: z.ZodType<T>): Promise<T>;
  /**
   * Asks for bytes.
   *
   * @returns undefined where the API has none at this address (404)
   * @throws as {@link Api.ask} does
   */
  askBytes(path: readonly string[]): Promise<Uint8Array | undefined>;
}

/** How long is waited before each try. */
const PAUSES_MILLISECONDS = [0, 250, 1000, 3000];
const OVERLOADED = new Set([429, 502, 503, 504]);

/** A client of the API at an address. */
export function createApi(address: ApiAddress, source: CredentialSource, ports: ClientPorts): Api {
  const identify = identityFinder(source, source.region ?? address.region, ports.now);
  const send = requestSender(address, source);
  const reach = async (path: readonly string[], question: ApiQuestion, document?: string) => {
    const identity = address.isSigned ? await identify() : undefined;
    const url = questionUrl(address.url, path, question);
    const reply = await askPatiently(address, { identity, send }, { url, question, document }, ports);
    const refused = () => {
      const error = refusal(reply, address, { identity, source });
      // Queries come from options; a document is made by this command itself.
      return document !== undefined && error instanceof WrongUsage ? notTaken(reply, address) : error;
    };
    return { reply, refused };
  };
  const askFor = async <T>(asked: ReturnType<typeof reach>, schema: z.ZodType<T>): Promise<T> => {
    const { reply, refused } = await asked;
    if (reply.status !== 200) throw refused();
    if (reply.content === undefined) throw notThisApi(reply, address);
    const read = schema.safeParse(reply.content);
    if (!read.success) throw notUnderstood(read.error, address);
    return reply.content as T;
  };
  return {
    ask: (path, question, schema) => askFor(reach(path, question), schema),
    send: (path, document, schema) => askFor(reach(path, {}, toJson(document)), schema),
    askBytes: async (path) => {
      const { reply, refused } = await reach(path, {});
      if (reply.status === 404 && problemOf(reply)) return undefined;
      if (reply.status !== 200) throw refused();
      return reply.bytes;
    },
  };
}

/** One request, as it goes out. */
interface Outgoing {
  readonly url: URL;
  readonly question: ApiQuestion;
  /** The JSON document of a POST. */
  readonly document?: string | undefined;
}

/** A reply with its body as it came. */
interface ReplyBytes extends ApiReply {
  readonly bytes: Uint8Array;
}

/** Retries if that may help: the API is throttled or not ready, or the connection broke off. */
async function askPatiently(
  address: ApiAddress,
  { identity, send }: Pick<Asker, 'identity'> & { readonly send: SendRequest },
  { url, question, document }: Outgoing,
  ports: ClientPorts,
): Promise<ReplyBytes> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt === PAUSES_MILLISECONDS.length - 1;
    try {
      if (attempt > 0) await ports.pause(PAUSES_MILLISECONDS[attempt] ?? 0, ports.signal);
      const signed = identity ? await signQuestion(url, question, identity, ports.now(), document) : {};
      const reply = await toReply(await send({ url, document }, signed, ports));
      if (isLast || !mayPass(reply)) return reply;
    } catch (error) {
      if (isLast || !isWorthAnotherTry(error)) throw networkFailure(error, address, TIMEOUT_MILLISECONDS);
    }
  }
}

/** A problem that the API states is final, unless it says when to try again. */
function mayPass(reply: ReplyBytes): boolean {
  return OVERLOADED.has(reply.status) && (!problemOf(reply) || reply.headers.has('retry-after'));
}

async function toReply(response: Response): Promise<ReplyBytes> {
  const { status, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isBinary = headers.get('content-type')?.startsWith('application/gzip') ?? false;
  return { status, headers, content: isBinary ? undefined : parseExactly(new TextDecoder().decode(bytes)), bytes };
}

function notTaken(reply: ApiReply, { url }: ApiAddress): ApiFailure {
  const why = problemOf(reply)?.detail ?? reply.status;
  return new ApiFailure(
    printable(`The API at ${url} does not take what it was sent (${why}). Is it as new as this command?`),
  );
}

function notUnderstood({ issues }: z.ZodError, { url }: ApiAddress): ApiFailure {
  const [first] = issues;
  const where = first?.path.join('.') || 'the whole';
  return new ApiFailure(
    printable(
      `The answer of ${url} is not one that this version understands (${where}: ${first?.message}). Is the API one of an audit trail, and as new as this command?`,
    ),
  );
}

import type * as z from 'zod';
import { printable } from '../output/printable.ts';
import { ApiFailure } from './api-failure.ts';
import { identityFinder } from './aws-identity.ts';
import type { CredentialSource } from './credential-source.ts';
import type { ApiAddress } from './find-api.ts';
import { isWorthAnotherTry, networkFailure } from './network-failure.ts';
import { parseExactly } from './parse-exactly.ts';
import { type Question, questionUrl } from './question.ts';
import { type Asker, notThisApi, problemOf, type Reply, refusal } from './refusal.ts';
import { signQuestion } from './sign.ts';

/** What the client reaches the world through. */
export interface ClientPorts {
  readonly now: () => Date;
  /** Resolves after so many milliseconds, rejects when the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A signal that is aborted after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/** The API of an audit trail. */
export interface Api {
  /**
   * Asks one question.
   *
   * @param schema - what the answer must be like
   * @returns the answer as the API gave it, also what this version does not know; large integers are bigints
   * @throws ApiFailure, WrongUsage where an option caused the refusal, Interrupted
   */
  ask<T>(path: readonly string[], question: Question, schema: z.ZodType<T>): Promise<T>;
}

/** API Gateway gives up after 30 s; who waits longer learns of that. */
const TIMEOUT_MILLISECONDS = 35_000;
/** How long is waited before each try. */
const PAUSES_MILLISECONDS = [0, 250, 1000, 3000];
const OVERLOADED = new Set([429, 502, 503, 504]);

/** A client of the API at an address. */
export function createApi(address: ApiAddress, source: CredentialSource, ports: ClientPorts): Api {
  const identify = identityFinder(source, source.region ?? address.region, ports.now);
  return {
    ask: async (path, question, schema) => {
      const identity = address.isSigned ? await identify() : undefined;
      const url = questionUrl(address.url, path, question);
      const reply = await askPatiently(address, { identity, source }, { url, question }, ports);
      if (reply.status !== 200) throw refusal(reply, address, { identity, source });
      if (reply.content === undefined) throw notThisApi(reply, address);
      const read = schema.safeParse(reply.content);
      if (!read.success) throw notUnderstood(read.error, address);
      return reply.content as typeof read.data;
    },
  };
}

/** Asks again where that may help: the API is asked too often, not ready, or the connection broke off. */
async function askPatiently(
  address: ApiAddress,
  { identity }: Asker,
  { url, question }: { readonly url: URL; readonly question: Question },
  ports: ClientPorts,
): Promise<Reply> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt === PAUSES_MILLISECONDS.length - 1;
    try {
      if (attempt > 0) await ports.pause(PAUSES_MILLISECONDS[attempt] ?? 0, ports.signal);
      const signed = identity ? await signQuestion(url, question, identity, ports.now()) : {};
      const reply = await askOnce(url, signed, ports);
      if (isLast || !OVERLOADED.has(reply.status) || problemOf(reply) !== undefined) return reply;
    } catch (error) {
      if (isLast || !isWorthAnotherTry(error)) throw networkFailure(error, address, TIMEOUT_MILLISECONDS);
    }
  }
}

async function askOnce(url: URL, headers: Record<string, string>, ports: ClientPorts): Promise<Reply> {
  const response = await fetch(url, {
    headers: { accept: 'application/json', ...headers },
    // The signature is for this address; where another one is named, that is none of ours.
    redirect: 'manual',
    signal: AbortSignal.any([ports.signal, ports.timeout(TIMEOUT_MILLISECONDS)]),
  });
  const content = parseExactly(await response.text());
  return { status: response.status, headers: response.headers, content };
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

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { checkRequest, type Guards } from './api-server-guards.ts';
import { type ApiServerLimits, LIMITS } from './api-server-limits.ts';
import { Refusal, refusalResponse } from './api-server-refusal.ts';
import { toFetchRequest } from './api-server-request.ts';
import { portUnusable } from './port-unusable.ts';
import { onePerSocket, QuestionTurns } from './question-turns.ts';

/** What answers the requests that the guards let through; their paths are without the token. */
export type Respond = (request: Request, requestId: string) => Promise<Response>;

export interface ApiServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly respond: Respond;
  /** Required in every request, in its path or as a bearer token; if absent, none is required. */
  readonly token?: string;
  /** What stands for the token once, for a browser's first page: `/t/CODE`. */
  readonly openingCode?: string;
  /** Gets the internal details of a failure, which the caller does not get. */
  readonly onError: (error: unknown) => void;
  /**
   * Whether this process has something more important to do; then one question at a time is answered.
   * @default - it never has
   */
  readonly yields?: () => boolean;
  /** @default {@link LIMITS} */
  readonly limits?: Partial<ApiServerLimits>;
}

/** A server that is listening. */
export interface ApiServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Accepts no more requests; running ones get a moment to finish. */
  close(): Promise<void>;
}

/** Other sites' pages must not use the answers, and nobody may cache them. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serves a fetch-style app on 127.0.0.1, only to programs and pages of this machine: the exact Host is required, requests
 * from other sites' pages are rejected, and sizes, numbers and times are limited (ADR 33).
 *
 * @throws PortUnusable
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const limits = { ...LIMITS, ...options.limits };
  const turns = new QuestionTurns(limits, options.yields ?? (() => false));
  const opening = { code: options.openingCode };
  const exchange = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const response = await answer(incoming, { ...options, opening }, turns);
    const body = Buffer.from(await response.arrayBuffer());
    // The app does not give the length of the GET's body.
    const length = incoming.method === 'HEAD' ? {} : { 'content-length': body.byteLength };
    // A server that is closed takes no more of what a socket has pipelined.
    const last = server.listening ? {} : { connection: 'close' };
    outgoing.writeHead(response.status, { ...ALWAYS, ...Object.fromEntries(response.headers), ...length, ...last });
    outgoing.end(body);
    await finished(outgoing, { signal: AbortSignal.timeout(limits.answerTime) });
  };
  const settings = {
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headTime,
    requestTimeout: limits.requestTime,
    connectionsCheckingInterval: limits.checkingTime,
  };
  const server = createServer(settings, onePerSocket(exchange));
  server.maxConnections = limits.sockets;
  server.maxRequestsPerSocket = limits.requestsPerSocket;
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw portUnusable(options.port, '--port', error);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, close: () => stop(server, limits.closingTime) };
}

async function answer(
  incoming: IncomingMessage,
  { respond, token, opening, onError }: ApiServerOptions & Pick<Guards, 'opening'>,
  turns: QuestionTurns,
): Promise<Response> {
  const { socket } = incoming;
  const requestId = randomUUID();
  try {
    const port = socket.localPort ?? 0;
    const target = checkRequest(incoming, { port, token, opening });
    if (target instanceof Response) return target;
    return await turns.take(
      () => toFetchRequest(incoming, `http://127.0.0.1:${port}${target}`),
      async (request) => {
        if (socket.destroyed) throw new Error('the client went away while its question waited');
        return respond(request, requestId);
      },
    );
  } catch (error) {
    // Nobody waits for the answer any more, and of a stopped program's questions the stores are closed.
    if (!(error instanceof Refusal) && !socket.destroyed) onError(error);
    return refusalResponse(error, incoming, requestId);
  }
}

function stop(server: Server, closingTime: number): Promise<void> {
  AbortSignal.timeout(closingTime).addEventListener('abort', () => server.closeAllConnections());
  return new Promise((resolve) => server.close(() => resolve()));
}

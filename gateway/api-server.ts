import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkRequest, type Guards } from './api-server-guards.ts';
import { Refusal, refusalResponse } from './api-server-refusal.ts';
import { MOST_URL_BYTES, toFetchRequest } from './api-server-request.ts';
import { portUnusable } from './port-unusable.ts';

/** What answers the requests that the guards let through; their paths are without the token. */
export type Respond = (request: Request, requestId: string) => Promise<Response>;

export interface ApiServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly respond: Respond;
  /** Required in every request, in its path or as a bearer token; if absent, none is required. */
  readonly token?: string;
  /** Gets the internal details of a failure, which the caller does not get. */
  readonly onError: (error: unknown) => void;
}

/** A server that is listening. */
export interface ApiServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Accepts no more requests; running ones get a moment to finish. */
  close(): Promise<void>;
}

/** Room for the URL, whose length is checked later, and for AWS's signatures and session tokens. */
const HEADERS = { maxHeaderSize: MOST_URL_BYTES + 32 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 };
const GRACE_MILLISECONDS = 2_000;

/** Other sites' pages must not use the answers, and nobody may cache them. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serves a fetch-style app on 127.0.0.1, only to programs and pages of this machine: the exact Host is required, requests
 * from other sites' pages are rejected, and sizes are limited.
 *
 * @throws PortUnusable
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const server = createServer(HEADERS, (incoming, outgoing) => {
    // A failure here is in the transport: a client that disconnected.
    exchange(incoming, outgoing, options).catch(() => outgoing.destroy());
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw portUnusable(options.port, '--port', error);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, close: () => stop(server) };
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { respond, token, onError }: ApiServerOptions,
): Promise<void> {
  const requestId = randomUUID();
  const port = incoming.socket.localPort ?? 0;
  const response = await answer(incoming, requestId, { port, token }, respond).catch((error: unknown) => {
    if (!(error instanceof Refusal)) onError(error);
    return refusalResponse(error, incoming, requestId);
  });
  const body = Buffer.from(await response.arrayBuffer());
  // The app does not give the length of the GET's body.
  const length = incoming.method === 'HEAD' ? {} : { 'content-length': body.byteLength };
  outgoing.writeHead(response.status, { ...ALWAYS, ...Object.fromEntries(response.headers), ...length });
  outgoing.end(body);
}

async function answer(
  incoming: IncomingMessage,
  requestId: string,
  guards: Guards,
  respond: Respond,
): Promise<Response> {
  const target = checkRequest(incoming, guards);
  return respond(await toFetchRequest(incoming, `http://127.0.0.1:${guards.port}${target}`), requestId);
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const grace = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS);
    server.close(() => {
      clearTimeout(grace);
      resolve();
    });
  });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, serveOnLoopback } from '../servers/loopback-server.ts';

/** A request on its way to the API. */
export interface PassingRequest {
  readonly method: string;
  /** Path and parameters, as they were written. */
  readonly target: string;
}

/** The way to an API, which breaks off where a test says so. */
export interface FlakyApi extends LoopbackServer {
  /** Everything that was asked for, in order; also what broke off. */
  readonly passed: PassingRequest[];
  /** Whether the connection breaks off in the middle of this answer. */
  isDown: (request: PassingRequest) => boolean;
  /** Looked at before an answer goes back. */
  onAnswer: (request: PassingRequest) => Promise<void>;
  /** How many connections an answer has at most, whatever is asked for: an API may always end a page sooner. */
  limit: number;
}

/** @param api where answers come from */
export async function startFlakyApi(api: string): Promise<FlakyApi> {
  const server = await serveOnLoopback((incoming, outgoing) => {
    const request = { method: incoming.method ?? '', target: incoming.url ?? '' };
    way.passed.push(request);
    if (way.isDown(request)) {
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"connections":[');
      setImmediate(() => outgoing.destroy());
      return;
    }
    // A caller that went away gets no answer.
    answer(api, request, incoming, outgoing, way).catch(() => outgoing.destroy());
  });
  const way: FlakyApi = { ...server, passed: [], isDown: () => false, onAnswer: async () => undefined, limit: 1000 };
  return way;
}

async function answer(
  api: string,
  request: PassingRequest,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  way: FlakyApi,
): Promise<void> {
  const { status, type, body } = await forward(api, incoming, way.limit);
  await way.onAnswer(request);
  outgoing.writeHead(status, { 'content-type': type }).end(body);
}

async function forward(api: string, incoming: IncomingMessage, limit: number) {
  const pieces = (await incoming.toArray()) as Buffer[];
  const { method = 'GET', url = '/' } = incoming;
  const body = method === 'GET' ? {} : { body: Buffer.concat(pieces) };
  const answer = await fetch(`${api}${url.replace('limit=1000', `limit=${limit}`)}`, { method, ...body });
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, type, body: Buffer.from(await answer.arrayBuffer()) };
}

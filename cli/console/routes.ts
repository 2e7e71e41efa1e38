import type { Respond } from '../../gateway/api-server.ts';
import { methodRefused } from '../../gateway/api-server-refusal.ts';
import { trailRoutes } from '../../gateway/trail-routes.ts';
import { EXPORTS_PATH } from '../../lambda/export/request.ts';
import type { RawAsk } from './raw-ask.ts';

/** The ports of `console`. */
interface ConsolePorts {
  readonly ask: RawAsk;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

/** Headers of the API's answers to pass on. */
const FORWARDED = ['allow', 'content-type', 'retry-after'];

const HERE = [
  'The HTTP API of the audit trail, asked with the credentials of the one who started this, is at this address:',
  'GET /openapi.json describes it, GET /connections is a beginning.',
  "AWS's own command and SDKs get the trail's history from the same address as --endpoint-url.",
  '',
].join('\n');

/** What answers at the address of `console`: AWS's own protocol, every GET of the trail's API, and the signing of exports. */
export function consoleRoutes(ports: ConsolePorts): Respond {
  return trailRoutes({ api: (request) => forward(request, ports.ask), ec2: () => ports });
}

async function forward(request: Request, ask: RawAsk): Promise<Response> {
  const { method, url } = request;
  const { pathname, search } = new URL(url);
  const isSent = method === 'POST' && pathname === EXPORTS_PATH;
  if (method !== 'GET' && method !== 'HEAD' && !isSent) {
    throw methodRefused(method, pathname === EXPORTS_PATH ? 'POST' : 'GET, HEAD');
  }
  if (pathname === '/') return new Response(HERE, { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
  const answer = await ask(`${pathname}${search}`, isSent ? await request.text() : undefined);
  const headers = FORWARDED.flatMap((name): [string, string][] => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new Response(await answer.arrayBuffer(), { status: answer.status, headers });
}

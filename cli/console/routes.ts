import { createConsole } from '../../console/app.ts';
import type { ConsolePorts } from '../../console/ports.ts';
import type { Respond } from '../../gateway/api-server.ts';
import { methodRefused } from '../../gateway/api-server-refusal.ts';
import { trailRoutes } from '../../gateway/trail-routes.ts';
import { EXPORTS_PATH } from '../../lambda/export/request.ts';
import type { RawAsk } from './raw-ask.ts';

/** The ports of `console`. */
interface ConsoleRoutesPorts extends Pick<ConsolePorts, 'exports'> {
  readonly ask: RawAsk;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
  /** For the commands that pages print: where AWS's own is signed for, and what ours needs to find the trail. */
  readonly region: string;
  readonly commandOptions: readonly string[];
}

/** Headers of the API's answers to pass on. */
const FORWARDED = ['allow', 'content-type', 'retry-after'];

const HERE = [
  'The HTTP API of the audit trail, asked with the credentials of the one who started this, is at this address:',
  'GET /openapi.json describes it, GET /connections is a beginning.',
  "AWS's own command and SDKs get the trail's history from the same address as --endpoint-url.",
  '',
].join('\n');

/** What answers at the address of `console`: the pages, AWS's own protocol, every GET of the trail's API, and the signing of exports. */
export function consoleRoutes(ports: ConsoleRoutesPorts): Respond {
  const { ask, region, commandOptions } = ports;
  const console = createConsole({
    ...ports,
    kind: 'deployed',
    commandOptions: () => commandOptions,
    awsEndpoint: (origin) => ({ url: `${origin}/t/TOKEN`, region }),
  });
  return trailRoutes({
    api: (request) => forward(request, ask),
    ec2: () => ports,
    pages: (request) => console.fetch(request, ask),
  });
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

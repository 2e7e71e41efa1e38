import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { EXPORTS_PATH } from '../export/request.ts';
import { RECORDER_VERSION } from '../recorder/version.ts';
import { answerAndNote, answerFailure, checkLength, methodNotAllowed, problemResponse } from './answering.ts';
import { canonicalParameters, parseParameters } from './parameters/parse.ts';
import { QueryProblem } from './problem.ts';
import { type QueryBindings, type QueryPorts, routePortsOf } from './query-ports.ts';
import { ROUTES } from './routes/all.ts';
import type { Route, RoutePorts } from './routes/route.ts';

/** The HTTP API, for Lambda and for one machine. */
export function createQueryApp(ports: QueryPorts): Hono<{ Bindings: QueryBindings }> {
  const routePorts = routePortsOf(ports);
  const app = new Hono<{ Bindings: QueryBindings }>();
  // Loaded on demand: it takes a third of a cold start, and is rarely requested.
  app.get('/openapi.json', async (context) => {
    const { openApiDocument } = await import('./openapi.ts');
    return context.json(openApiDocument(RECORDER_VERSION, new URL(context.req.url).origin));
  });
  for (const route of ROUTES) {
    app.get(route.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
      const { caller } = context.env;
      const isText =
        accepts(context, { header: 'Accept', supports: [JSON_TYPE, TEXT_TYPE], default: JSON_TYPE }) === TEXT_TYPE;
      return respond(route, routePorts, { caller, isText }, new URL(context.req.url), context.req.param());
    });
  }
  const paths = app.routes.map(({ path }) => path);
  for (const path of paths) app.all(path, ({ req, env }) => methodNotAllowed(req.method, 'GET, HEAD', env.caller));
  app.all(EXPORTS_PATH, ({ req, env }) => methodNotAllowed(req.method, 'POST', env.caller));
  app.notFound((context) =>
    problemResponse(new QueryProblem('no-such-route', `Expected ${ADDRESSES}.`), context.env.caller),
  );
  app.onError((error, context) => answerFailure(error, context.env.caller, ports.onError));
  return app;
}

const ADDRESSES = `GET ${[...ROUTES.map(({ path }) => path), '/openapi.json'].join(', ')}, or POST ${EXPORTS_PATH}`;

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain';

async function respond(
  route: Route,
  ports: RoutePorts,
  { caller, isText }: QueryBindings & { readonly isText: boolean },
  { pathname, search, searchParams }: URL,
  names: Record<string, string>,
): Promise<Response> {
  checkLength(search);
  const given = parseParameters(route.parameters, searchParams);
  const canonical = canonicalParameters(route.parameters, searchParams);
  const question = { path: pathname, names, given, search: canonical };
  const asked = canonical.toString() === searchParams.toString() ? search : `?${canonical.toString()}`;
  const takes = Object.keys(route.parameters);
  const answer = async () => {
    const answered = await route.answerQuestion(ports, question);
    return isText ? answered : { ...answered, text: undefined };
  };
  return answerAndNote(ports, caller, `${pathname}${asked}`, answer, takes);
}

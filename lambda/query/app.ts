import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Hono } from 'hono';
import { AccessLog } from '../dynamodb/access-log.ts';
import { DynamoDbTrailReads, type TrailReadsOptions } from '../dynamodb/trail-reads.ts';
import { RECORDER_VERSION } from '../recorder/version.ts';
import { toInstant } from '../trail/time.ts';
import type { QuerySettings } from './env.ts';
import { toJson } from './json.ts';
import { parseParameters } from './parameters/parse.ts';
import { PROBLEMS, QueryProblem } from './problem.ts';
import { ROUTES } from './routes/all.ts';
import type { Answered, Route, RoutePorts } from './routes/route.ts';

/** What the query app reaches the world through. */
export interface QueryPorts {
  readonly documents: DynamoDBDocumentClient;
  readonly settings: QuerySettings;
  readonly now: () => Date;
  /** Told of what the caller is not told: the inside of a failure. */
  readonly onError: (error: unknown) => void;
  /** Told what each read of the trail cost. */
  readonly onRead?: TrailReadsOptions['onRead'];
  /** Told what each access note cost. */
  readonly onNote?: ConstructorParameters<typeof AccessLog>[2];
}

/** Who asks. */
export interface Caller {
  /** An IAM ARN, or the local user on one machine; stands in the accesses. */
  readonly principal: string;
  /** One for each request; stands in the accesses and in problems. */
  readonly requestId: string;
}

/** What a request brings beside itself. */
export interface QueryBindings {
  readonly caller: Caller;
}

/** More than any question needs. */
const LONGEST_QUESTION = 16_384;

/** The HTTP API, for Lambda and for one machine. */
export function createQueryApp(ports: QueryPorts): Hono<{ Bindings: QueryBindings }> {
  const { documents, settings, now, onRead, onNote } = ports;
  const routePorts: RoutePorts = {
    reads: new DynamoDbTrailReads(documents, {
      snapshotsTable: settings.SNAPSHOTS_TABLE,
      connectionsTable: settings.CONNECTIONS_TABLE,
      now,
      onRead,
    }),
    accesses: new AccessLog(documents, settings.ACCESSES_TABLE, onNote),
    settings,
    now,
  };
  const app = new Hono<{ Bindings: QueryBindings }>();
  // Read when it is asked for: it takes a third of a cold start, and hardly anybody asks.
  app.get('/openapi.json', async (context) => {
    const { openApiDocument } = await import('./openapi.ts');
    return context.json(openApiDocument(RECORDER_VERSION));
  });
  for (const route of ROUTES) {
    app.get(route.path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
      const { caller } = context.env;
      return respond(route, routePorts, caller, new URL(context.req.url), context.req.param());
    });
  }
  app.notFound((context) => {
    const kind = context.req.method === 'GET' ? 'no-such-route' : 'method-not-allowed';
    return problemResponse(new QueryProblem(kind, `Expected GET ${ADDRESSES}.`), context.env.caller);
  });
  app.onError((error, context) => {
    const problem = error instanceof QueryProblem ? error : hidden(error);
    if (PROBLEMS[problem.kind].status >= 500) ports.onError(error);
    return problemResponse(problem, context.env.caller);
  });
  return app;
}

const ADDRESSES = [...ROUTES.map(({ path }) => path), '/openapi.json'].join(', ');

async function respond(
  route: Route,
  ports: RoutePorts,
  caller: Caller,
  { pathname, search, searchParams }: URL,
  names: Record<string, string>,
): Promise<Response> {
  if (search.length > LONGEST_QUESTION) {
    throw new QueryProblem('parameters-invalid', `Expected parameters of at most ${LONGEST_QUESTION} characters.`);
  }
  const given = parseParameters(route.parameters, searchParams);
  const answered = await answerAndNote(ports, caller, `${pathname}${search}`, () =>
    route.answerQuestion(ports, { path: pathname, names, given, search: searchParams }),
  );
  const { body } = answered;
  if (body instanceof Uint8Array) {
    return new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { 'Content-Type': 'application/gzip', ...NO_STORE },
    });
  }
  return new Response(toJson(body), { headers: { 'Content-Type': 'application/json', ...NO_STORE } });
}

/** Answers are personal data of the moment: nothing on the way keeps them. */
const NO_STORE = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** Answers, and notes the access before the answer leaves; also when nothing was found. */
async function answerAndNote(
  ports: RoutePorts,
  caller: Caller,
  question: string,
  answer: () => Promise<Answered>,
): Promise<Answered> {
  const found = await answer().catch((error: unknown) => {
    if (error instanceof QueryProblem && PROBLEMS[error.kind].status === 404) return error;
    throw error;
  });
  const rows = found instanceof QueryProblem ? 0 : found.rows;
  try {
    await ports.accesses.note({ at: toInstant(ports.now()), ...caller, question, rows });
  } catch (error) {
    throw new QueryProblem('access-not-noted', 'Who reads the trail is noted first; try again later.', undefined, {
      cause: error,
    });
  }
  if (found instanceof QueryProblem) throw found;
  return found;
}

/** What is wrong inside is no business of the caller's, but for whether to try again. */
function hidden(error: unknown): QueryProblem {
  // A connection that fails has its reason in the code, a refusal of AWS's in the name.
  const { name = '', code = '', $fault } = error as { name?: string; code?: unknown; $fault?: string };
  const mayPass = $fault === 'server' || MAY_PASS.test(`${name} ${String(code)}`);
  return mayPass
    ? new QueryProblem('trail-unavailable', 'Try again later.')
    : new QueryProblem('internal-error', 'The request id names it in the log of the function.');
}

const MAY_PASS = /Throttl|ProvisionedThroughput|RequestLimit|Timeout|ECONN|EPIPE|EAI_AGAIN|ENOTFOUND/;

function problemResponse(problem: QueryProblem, { requestId }: Caller): Response {
  const document = problem.toDocument(requestId);
  const headers = { 'Content-Type': 'application/problem+json', ...NO_STORE };
  return new Response(toJson(document), { status: document.status, headers });
}

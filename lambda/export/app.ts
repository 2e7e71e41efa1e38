import { Hono } from 'hono';
import { answerAndNote, answerFailure, checkLength, problemResponse } from '../query/answering.ts';
import { QueryProblem } from '../query/problem.ts';
import { type QueryBindings, type QueryPorts, routePortsOf } from '../query/query-ports.ts';
import type { Signer } from '../trail/signed-note.ts';
import { readRequest, searchOf } from './read-request.ts';
import { EXPORTS_PATH } from './request.ts';
import { signExport } from './sign-export.ts';

/** The ports of the export app. */
export interface ExportPorts extends QueryPorts {
  readonly signer: Signer;
}

/** `POST /exports`, for Lambda and for one machine; everything else is the query app's. */
export function createExportApp(ports: ExportPorts): Hono<{ Bindings: QueryBindings }> {
  const routePorts = { ...routePortsOf(ports), signer: ports.signer };
  const app = new Hono<{ Bindings: QueryBindings }>();
  app.post(EXPORTS_PATH, async (context) => {
    const { caller } = context.env;
    const request = readRequest(await context.req.text());
    const search = String(searchOf(request));
    checkLength(search);
    return answerAndNote(routePorts, caller, `POST ${EXPORTS_PATH}?${search}`, async () => ({
      rows: request.rows,
      body: { ...(await signExport(routePorts, request, caller.principal)) },
    }));
  });
  app.notFound((context) =>
    problemResponse(new QueryProblem('no-such-route', `Expected POST ${EXPORTS_PATH}.`), context.env.caller),
  );
  app.onError((error, context) => answerFailure(error, context.env.caller, ports.onError));
  return app;
}

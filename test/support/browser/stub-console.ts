import { createConsole } from '../../../console/app.ts';
import type { ConsolePorts } from '../../../console/ports.ts';
import { startApiServer } from '../../../gateway/api-server.ts';
import { trailRoutes } from '../../../gateway/trail-routes.ts';
import type { Ask } from '../../../lambda/query/schemas/ask-trail.ts';

/** The console's own ports, over a trail that is asked by a function of the test's. */
export function stubPorts(now: () => Date, onError: (error: unknown) => void = () => undefined): ConsolePorts {
  return {
    kind: 'local',
    now,
    commandOptions: () => [],
    awsEndpoint: (url) => ({ url, region: 'eu-central-1' }),
    onError,
  };
}

/** The pages on a server of their own, over answers of the test's: an API that fails, is slow, or refuses. */
export async function serveStub(ask: Ask, now: () => Date, token?: string) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const pages = createConsole(stubPorts(now, onError));
  const respond = trailRoutes({
    api: async (request) => ask(request.url.slice(new URL(request.url).origin.length)),
    ec2: () => ({ ask, now, onError }),
    pages: (request) => pages.fetch(request, ask),
  });
  return {
    ...(await startApiServer({ port: 0, respond, onError, ...(token === undefined ? {} : { token }) })),
    errors,
  };
}

import { userInfo } from 'node:os';
import { createConsole } from '../console/app.ts';
import type { ConsolePorts } from '../console/ports.ts';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../gateway/api-server.ts';
import { trailRoutes } from '../gateway/trail-routes.ts';
import { createExportApp, type ExportPorts } from '../lambda/export/app.ts';
import { EXPORTS_PATH } from '../lambda/export/request.ts';
import type { Caller } from '../lambda/query/answering.ts';
import { createQueryApp } from '../lambda/query/app.ts';
import type { Ask } from '../lambda/query/schemas/ask-trail.ts';

interface LocalApiOptions
  extends ExportPorts,
    Pick<ApiServerOptions, 'yields'>,
    Pick<ConsolePorts, 'verification' | 'exports'> {
  /** 0 for any free one. */
  readonly port: number;
  /**
   * The Region in the commands of AWS that pages print: AWS's command needs one.
   *
   * @default - some Region: any will do here
   */
  readonly region?: string;
}

/**
 * Serves a trail of this machine on 127.0.0.1: the HTTP API that is deployed as Lambda functions, and AWS's own protocol and
 * the console's pages over it. Accesses are recorded under the user of this process.
 *
 * @throws PortUnusable
 */
export function startLocalApi({ port, region = 'eu-central-1', ...ports }: LocalApiOptions): Promise<ApiServer> {
  const [queries, exports] = [createQueryApp(ports), createExportApp(ports)];
  const principal = `local:${userInfo().username}`;
  const api = async (request: Request, requestId: string) =>
    (isExport(request) ? exports : queries).fetch(request, { caller: { principal, requestId } });
  const ec2 = (requestId: string) => ({ ...ports, ask: askOf(api, requestId) });
  const console = createConsole({
    ...ports,
    kind: 'local',
    commandOptions: (origin) => ['--api', origin],
    awsEndpoint: (origin) => ({ url: origin, region }),
  });
  const pages = (request: Request, requestId: string) => console.fetch(request, askOf(api, requestId));
  return startApiServer({ ...ports, port, respond: trailRoutes({ api, ec2, pages }) });
}

/** As in API Gateway: this one route belongs to the export function. */
const isExport = ({ method, url }: Request): boolean => method === 'POST' && new URL(url).pathname === EXPORTS_PATH;

/** One request of AWS's protocol or of a page may be several queries; each is recorded, the later ones as `ID/2` and so on. */
function askOf(api: (request: Request, requestId: Caller['requestId']) => Promise<Response>, requestId: string): Ask {
  let asked = 0;
  return (path) => {
    asked += 1;
    return api(new Request(`http://trail.invalid${path}`), asked === 1 ? requestId : `${requestId}/${asked}`);
  };
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CONTENT_TYPE } from '../../gateway/ec2-query-protocol/reply.ts';
import { type Caller, callerOf } from './caller.ts';
import { derivedUuid } from './derived-id.ts';
import { seenFrom } from './place.ts';
import { replyTo } from './reply.ts';
import type { World } from './world.ts';

/** A request as {@link SimulatedClientVpnOptions.onRequest} sees it, before it is answered. */
export interface SeenRequest {
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** Who signed it; undefined without a signature. */
  readonly caller: Caller | undefined;
}

interface SimulatedClientVpnOptions {
  readonly world: World;
  /** The simulated clock: read once per request, for the listed rows and the `Date` header. */
  readonly now: () => Date;
  /** @default 0, any free port */
  readonly port?: number;
  /** Told of each request; if it throws, the connection is cut. */
  readonly onRequest?: (request: SeenRequest) => void;
  /**
   * The account of an access key; undefined for a key that nobody has (any more). With it, callers see the endpoints of their own account in the
   * Region that they ask; without it everybody sees all.
   */
  readonly accountOf?: (accessKeyId: string) => string | undefined;
}

/** A simulated Client VPN that is listening. */
export interface SimulatedClientVpn {
  /** The value for `AWS_ENDPOINT_URL_EC2` or `--endpoint-url`. */
  readonly url: string;
  readonly port: number;
  /** Stops at once, and closes keep-alive connections too. */
  close(): Promise<void>;
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  { world, now, onRequest, accountOf }: SimulatedClientVpnOptions,
): Promise<void> {
  const body = await text(request);
  const at = now();
  const query = request.method === 'GET' ? (request.url?.split('?')[1] ?? '') : body;
  const parameters = new URLSearchParams(query);
  const action = parameters.get('Action') ?? '';
  const { authorization } = request.headers;
  const caller = callerOf(authorization);
  onRequest?.({ action, parameters, caller });
  const requestId = derivedUuid(at.toISOString(), query);
  const seen = accountOf ? worldOf(caller, world, accountOf) : world;
  const signed = authorization !== undefined && seen !== undefined;
  const { status, xml } = replyTo({ action, parameters, signed, requestId }, seen ?? world, at);
  response.writeHead(status, {
    'x-amzn-requestid': requestId,
    'Content-Type': CONTENT_TYPE,
    'Content-Length': Buffer.byteLength(xml),
    Date: at.toUTCString(),
    Server: 'AmazonEC2',
  });
  response.end(xml);
}

/** What a caller sees; undefined for one whose key nobody has. */
function worldOf(
  caller: Caller | undefined,
  world: World,
  accountOf: (accessKeyId: string) => string | undefined,
): World | undefined {
  const account = caller && accountOf(caller.accessKeyId);
  return caller && account !== undefined ? seenFrom({ account, region: caller.region }, world) : undefined;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Serves DescribeClientVpnConnections and DescribeClientVpnEndpoints over the EC2 Query protocol on 127.0.0.1, so that
 * the AWS CLI and the SDKs take it for EC2. It keeps nothing between two requests: ids of requests and page tokens
 * follow from the request and the simulated time.
 * @throws the error of listening, with its `code` (`EADDRINUSE` where the port is taken).
 */
export async function startSimulatedClientVpn(options: SimulatedClientVpnOptions): Promise<SimulatedClientVpn> {
  const server = createServer((request, response) => {
    // What fails here is the transport (a client that went away) or the caller's own clock or listener.
    exchange(request, response, options).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, close: () => stop(server) };
}

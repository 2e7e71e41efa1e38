import { Agent } from 'node:https';
import { type HttpHandler, HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpsProxyAgent } from 'hpagent';
import { type Authorities, readAuthorities } from './authorities.ts';
import { explainNetworkError, refusedByProxy, type Way } from './failure.ts';
import { type NamedProxy, proxyFor } from './proxy.ts';

/** How long a proxy may take to lead to a host. */
const LEAD_MILLISECONDS = 10_000;
/** As in the SDK's own handler. */
const CONNECTIONS = { keepAlive: true, maxSockets: 50 };

/** A handler of requests, as the clients of the SDK take it. */
export type Handler = HttpHandler<object>;
type SendOptions = Parameters<Handler['handle']>[1];

/** Whose settings of the network hold. */
export interface NetworkOptions {
  /** The profile whose `ca_bundle` is trusted. @default - the environment's */
  readonly profile?: string | undefined;
  /** @default - 10 s */
  readonly leadMilliseconds?: number | undefined;
}

/**
 * What sends the requests of everything that leaves this machine: through the proxy that the environment names, trusting
 * Node's authorities and those of AWS_CA_BUNDLE or the profile (ADR 49).
 *
 * Its requests reject with WrongNetworkSetting before anything is sent, and with NetworkFailure for what went wrong on the
 * way.
 */
export function networkHandler({ profile, leadMilliseconds = LEAD_MILLISECONDS }: NetworkOptions = {}): Handler {
  const handlers = new Map<string, NodeHttpHandler>();
  let reading: Promise<Authorities | undefined> | undefined;
  const open = (key: string, make: () => NodeHttpHandler) => {
    const handler = handlers.get(key) ?? make();
    handlers.set(key, handler);
    return handler;
  };
  const send = async (request: HttpRequest, options: SendOptions, { host, proxy, authorities }: Way) => {
    if (!proxy) return open('direct', () => directHandler(authorities)).handle(request, options);
    const { href } = proxy.url;
    if (request.protocol === 'https:') {
      return open(href, () => tunnelHandler(proxy, authorities, leadMilliseconds)).handle(request, options);
    }
    const inTheClear = open(`clear ${href}`, () => directHandler(authorities, leadMilliseconds));
    const answer = await inTheClear.handle(askingProxy(request, host, proxy), options);
    if (answer.response.statusCode === 407) throw refusedByProxy(407, host, proxy);
    return answer;
  };
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request, options) => {
      const { protocol, hostname, port } = request;
      const host = port === undefined ? hostname : `${hostname}:${port}`;
      const proxy = proxyFor(`${protocol}//${host}`);
      // Nobody is trusted without TLS: work on this machine alone reads no profile.
      const needsTrust = protocol === 'https:' || proxy?.url.protocol === 'https:';
      if (needsTrust) reading ??= readAuthorities(profile);
      const authorities = needsTrust ? await reading : undefined;
      const way = { host, proxy, authorities };
      return send(request, options, way).catch((error: unknown) => {
        throw explainNetworkError(error, way);
      });
    },
    destroy: () => {
      for (const handler of handlers.values()) handler.destroy();
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** The agents are made here, because the SDK's handler makes others for a large upload that know nothing of these options. */
function directHandler(authorities: Authorities | undefined, connectionTimeout?: number): NodeHttpHandler {
  const httpsAgent = new Agent({ ...CONNECTIONS, ...trust(authorities) });
  return new NodeHttpHandler({ httpsAgent, ...(connectionTimeout === undefined ? {} : { connectionTimeout }) });
}

function tunnelHandler(
  proxy: NamedProxy,
  authorities: Authorities | undefined,
  connectionTimeout: number,
): NodeHttpHandler {
  const proxyRequestOptions = authorities ? { ca: authorities.all } : {};
  const options = { ...CONNECTIONS, ...trust(authorities), proxy: proxy.url, proxyRequestOptions };
  return new NodeHttpHandler({ httpsAgent: new HttpsProxyAgent(options), connectionTimeout });
}

const trust = (authorities: Authorities | undefined) => (authorities ? { secureContext: authorities.context } : {});

/** A request in the clear, as a proxy takes it: with the whole address (RFC 9112, 3.2.2). Many proxies tunnel TLS alone. */
function askingProxy(request: HttpRequest, host: string, { url }: NamedProxy): HttpRequest {
  const { username, password, protocol, hostname, port } = url;
  const who = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const asked = HttpRequest.clone(request);
  if (username !== '') asked.headers['proxy-authorization'] = `Basic ${who}`;
  return Object.assign(asked, {
    protocol,
    hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    path: `http://${host}${request.path}`,
  });
}

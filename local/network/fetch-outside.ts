import { arrayBuffer } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import type { Handler } from './request-handler.ts';

/** A request as `fetch` takes it, as far as it is needed here. */
export interface OutsideRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** A status whose answer has no body, which a Response must not have then either (Fetch standard, "null body status"). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Asks as `fetch` does, without following redirects, and reads the whole answer.
 *
 * @throws what the handler throws, and the signal's reason once it is aborted
 */
export async function fetchOutside(
  handler: Handler,
  url: URL,
  { method, headers, body, signal }: OutsideRequest,
): Promise<Response> {
  const { protocol, hostname, port, pathname, search } = url;
  const request = new HttpRequest({
    method,
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    // As it was signed.
    path: pathname + search,
    headers: { host: url.host, ...headers },
    body,
  });
  try {
    const { response } = await handler.handle(request, { abortSignal: signal });
    const content = await arrayBuffer(response.body);
    const init = { status: response.statusCode, headers: response.headers };
    return new Response(WITHOUT_BODY.has(init.status) ? null : content, init);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

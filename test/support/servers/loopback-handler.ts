import { HttpResponse } from '@smithy/core/protocols';
import type { HttpHandlerOptions, HttpRequest, RequestHandler } from '@smithy/types';
import { Pool } from 'undici';

const pools = new Map<string, Pool>();

/** What clients that make most of the tests' requests send them with: in two thirds of the time of the SDK's own, which all others use. */
export function loopbackHandler(
  url: string,
): RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> & HandlerConfig {
  const pool = pools.get(url) ?? new Pool(url);
  pools.set(url, pool);
  return {
    async handle({ method, path, headers, body }, { abortSignal } = {}) {
      const signal = abortSignal as AbortSignal | undefined;
      const answer = await pool.request({ method, path, headers, body, ...(signal ? { signal } : {}) });
      const answered = answer.headers as Record<string, string>;
      return {
        response: new HttpResponse({
          statusCode: answer.statusCode,
          headers: answered,
          body: await answer.body.bytes(),
        }),
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** What the SDK wants of a handler beside that. */
interface HandlerConfig {
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
}

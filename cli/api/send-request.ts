/** API Gateway times out after 30 s; waiting longer shows its error. */
export const TIMEOUT_MILLISECONDS = 35_000;

/** What cancels a request. */
export interface RequestPorts {
  /** A signal that is aborted after so many milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Sends one request: a GET, or a POST where there is a document.
 *
 * @param request - `document`: the JSON document of a POST
 * @param signed - the headers of its signature
 * @throws what fetch throws
 */
export function sendRequest(
  { url, document }: { readonly url: URL; readonly document?: string | undefined },
  signed: Record<string, string>,
  { signal, timeout }: RequestPorts,
): Promise<Response> {
  const headers = { accept: 'application/json', ...signed };
  return fetch(url, {
    ...(document === undefined
      ? { headers }
      : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: document }),
    // The signature is for this address, so redirects are not followed.
    redirect: 'manual',
    signal: AbortSignal.any([signal, timeout(TIMEOUT_MILLISECONDS)]),
  });
}

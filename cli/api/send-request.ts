import type { CredentialSource } from './credential-source.ts';
import type { ApiAddress } from './find-api.ts';

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
 * @throws what fetch throws, NetworkFailure, WrongNetworkSetting
 */
export type SendRequest = (
  request: { readonly url: URL; readonly document?: string | undefined },
  signed: Record<string, string>,
  ports: RequestPorts,
) => Promise<Response>;

/** What sends requests to the API at an address: from this machine by the network as it is set up here, on it directly. */
export function requestSender({ isSigned }: ApiAddress, { profile }: CredentialSource): SendRequest {
  const send = isSigned ? outsideSender(profile) : fetch;
  return ({ url, document }, signed, { signal, timeout }) => {
    const headers = { accept: 'application/json', ...signed };
    return send(url, {
      ...(document === undefined
        ? { method: 'GET', headers }
        : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: document }),
      // The signature is for this address, so redirects are not followed.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout(TIMEOUT_MILLISECONDS)]),
    });
  };
}

/** Loaded when it is wanted: a question to this machine needs none of it. */
function outsideSender(profile: string | undefined) {
  const opening = Promise.all([
    import('../../local/network/fetch-outside.ts'),
    import('../../local/network/request-handler.ts'),
  ]).then(([{ fetchOutside }, { networkHandler }]) => {
    const handler = networkHandler({ profile });
    return (url: URL, request: Parameters<typeof fetchOutside>[2]) => fetchOutside(handler, url, request);
  });
  return async (url: URL, request: Parameters<Awaited<typeof opening>>[1]) => (await opening)(url, request);
}

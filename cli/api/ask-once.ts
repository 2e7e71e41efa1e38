import type { ClientPorts } from './client.ts';
import { parseExactly } from './parse-exactly.ts';
import type { Reply } from './refusal.ts';
import { sending } from './sending.ts';

/** API Gateway gives up after 30 s; who waits longer learns of that. */
export const TIMEOUT_MILLISECONDS = 35_000;

/** A reply with its body as it came. */
export interface ReplyBytes extends Reply {
  readonly bytes: Uint8Array;
}

/**
 * One request and its reply, whatever that is.
 *
 * @param request - `document`: the JSON document of a POST
 * @param signed - the headers of its signature
 * @throws what fetch throws
 */
export async function askOnce(
  { url, document }: { readonly url: URL; readonly document?: string | undefined },
  signed: Record<string, string>,
  ports: ClientPorts,
): Promise<ReplyBytes> {
  const response = await fetch(url, {
    ...sending(document, { accept: 'application/json', ...signed }),
    // The signature is for this address; where another one is named, that is none of ours.
    redirect: 'manual',
    signal: AbortSignal.any([ports.signal, ports.timeout(TIMEOUT_MILLISECONDS)]),
  });
  const { status, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const content = isBinary(headers) ? undefined : parseExactly(new TextDecoder().decode(bytes));
  return { status, headers, content, bytes };
}

const isBinary = (headers: Headers): boolean => headers.get('content-type')?.startsWith('application/gzip') ?? false;

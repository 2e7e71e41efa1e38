import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './api-server-refusal.ts';
import { MOST_URL_BYTES } from './api-server-request.ts';
import { FIRST_PAGE, isPage, keepToken, tokenOfCookie, wantsPage } from './pages.ts';

/** The conditions for accepting a request. */
export interface Guards {
  readonly port: number;
  readonly token?: string | undefined;
  /**
   * What stands for the token once, for a browser's first page: it may be seen where the token must not, like on the command line
   * of the browser. It is taken out when it is used.
   */
  readonly opening?: { code?: string | undefined } | undefined;
}

/**
 * Accepts or rejects a request. It rejects another host name for this machine (DNS rebinding), another site's page, and
 * a missing or wrong token.
 *
 * @returns its path and query, without the token; a path that ended there is empty. Or the answer that leads a browser which
 *   came with the token to the address without it
 * @throws Refusal
 */
export function checkRequest(incoming: IncomingMessage, guards: Guards): string | Response {
  const { port, token } = guards;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  checkHost(incoming, hosts);
  checkOrigin(incoming, hosts);
  const { url = '' } = incoming;
  if (!url.startsWith('/')) throw new Refusal('target-invalid', 'Expected a path that begins with /.');
  if (Buffer.byteLength(url) > MOST_URL_BYTES) {
    throw new Refusal('url-too-long', `Got ${Buffer.byteLength(url)} bytes, expected at most ${MOST_URL_BYTES}.`);
  }
  checkPost(incoming, url);
  return token === undefined ? url : withoutToken(incoming, url, { ...guards, token });
}

function checkHost({ headersDistinct }: IncomingMessage, hosts: readonly string[]): void {
  const given = headersDistinct.host ?? [];
  const [host] = given;
  if (given.length === 1 && host !== undefined && hosts.includes(host.toLowerCase())) return;
  throw new Refusal('host-not-ours', `Expected the Host ${hosts.join(' or ')}.`);
}

/** A page's simple GETs carry no Origin; browsers then name the page's site in Sec-Fetch-Site (W3C Fetch Metadata). */
function checkOrigin({ headers }: IncomingMessage, hosts: readonly string[]): void {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const isOwn = origin === undefined || hosts.some((host) => origin === `http://${host}`);
  const isForeignPage = (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
  if (isOwn && !isForeignPage) return;
  throw new Refusal('origin-foreign', `Expected no Origin, or http://${hosts.join(' or http://')}.`);
}

/** What a page changes only its own forms may ask for; browsers name the Origin of every POST (Fetch standard). */
function checkPost({ method, headers }: IncomingMessage, url: string): void {
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead || headers.origin !== undefined || !isPage(partsOf(url).rest)) return;
  throw new Refusal(
    'origin-foreign',
    'Expected the Origin of this address: what a page changes only its own forms ask for.',
  );
}

/** The token that is first in the path, and what comes after it. */
function partsOf(url: string): { readonly inPath?: string | undefined; readonly rest: string } {
  const [, inPath, rest = ''] = /^\/t\/([^/?]*)(.*)$/s.exec(url) ?? [];
  return inPath === undefined ? { rest: url } : { inPath, rest };
}

/**
 * The token is first in the path, `/t/TOKEN/…`, in the header `Authorization: Bearer TOKEN`, or, for the pages alone, in the
 * cookie that a browser got for the first of them.
 */
function withoutToken(
  incoming: IncomingMessage,
  url: string,
  { port, token, opening }: Guards & { readonly token: string },
): string | Response {
  const { headers, method } = incoming;
  const { inPath, rest } = partsOf(url);
  const [, inHeader] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const given = inPath ?? inHeader ?? (isPage(url) ? tokenOfCookie(incoming, port) : undefined);
  const isFirst = inPath !== undefined && method === 'GET' && wantsPage(headers.accept);
  const isWhole = /^\/?$/.test(rest);
  const keep = (target: string) => keepToken(target, token, port, headers['sec-fetch-site'] === 'cross-site');
  if (isFirst && isWhole && opening?.code !== undefined && isTheToken(inPath, opening.code)) {
    delete opening.code;
    return keep(FIRST_PAGE);
  }
  if (given !== undefined && isTheToken(given, token)) {
    if (isFirst && (isWhole || isPage(rest))) return keep(isWhole ? FIRST_PAGE : rest);
    return rest;
  }
  throw new Refusal(
    'token-missing',
    'Expected the token that "cvpn-audit console" printed: /t/TOKEN before the path, or the header Authorization: Bearer TOKEN.',
  );
}

/** Constant-time comparison. */
function isTheToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

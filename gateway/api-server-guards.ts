import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './api-server-refusal.ts';
import { MOST_URL_BYTES } from './api-server-request.ts';

/** The conditions for accepting a request. */
export interface Guards {
  readonly port: number;
  readonly token?: string | undefined;
}

/**
 * Accepts or rejects a request. It rejects another host name for this machine (DNS rebinding), another site's page, and
 * a missing or wrong token.
 *
 * @returns its path and query, without the token; a path that ended there is empty
 * @throws Refusal
 */
export function checkRequest(incoming: IncomingMessage, { port, token }: Guards): string {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  checkHost(incoming, hosts);
  checkOrigin(incoming, hosts);
  const { url = '' } = incoming;
  if (!url.startsWith('/')) throw new Refusal('target-invalid', 'Expected a path that begins with /.');
  if (Buffer.byteLength(url) > MOST_URL_BYTES) {
    throw new Refusal('url-too-long', `Got ${Buffer.byteLength(url)} bytes, expected at most ${MOST_URL_BYTES}.`);
  }
  return token === undefined ? url : withoutToken(incoming, url, token);
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

/** The token is first in the path, `/t/TOKEN/…`, or in the header `Authorization: Bearer TOKEN`. */
function withoutToken({ headers }: IncomingMessage, url: string, token: string): string {
  const [, inPath, rest] = /^\/t\/([^/?]*)(.*)$/s.exec(url) ?? [];
  const [, inHeader] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const given = inPath ?? inHeader;
  if (given !== undefined && isTheToken(given, token)) {
    return inPath === undefined ? url : (rest ?? '');
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

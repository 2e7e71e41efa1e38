import type { IncomingMessage } from 'node:http';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Where the console's pages begin. */
const PAGES = '/ui';
/** The page that `GET /` leads a browser to. */
export const FIRST_PAGE = `${PAGES}/now`;

/** Whether a path, with or without a query, is one of the console's. */
export function isPage(path: string): boolean {
  return path === PAGES || path.startsWith(`${PAGES}/`);
}

/** Whether it is a browser that asks for a page to show: a program's `Accept` does not name HTML. */
export function wantsPage(accept: string | null | undefined): boolean {
  return accept?.includes('text/html') ?? false;
}

/**
 * The headers of every page (ADR 41): no script, style or form but its own files and addresses, nothing from anywhere else,
 * no frame around it, and its address is told to nobody else.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // With no-referrer a browser sends `Origin: null` with the page's own forms (Fetch standard, "append a request Origin header").
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** The name of the cookie; cookies are not kept apart by ports, and two consoles may run. */
const cookieName = (port: number) => `cvpn-audit-${port}`;

/** The token that a browser kept. */
export function tokenOfCookie({ headers }: IncomingMessage, port: number): string | undefined {
  const name = `${cookieName(port)}=`;
  const pairs = headers.cookie?.split(';').map((pair) => pair.trim()) ?? [];
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length);
}

/**
 * Leads a browser that came with the token to the page itself: it keeps the token in a cookie, which no script reads, which no
 * other site's page sends, and which goes to the pages alone.
 *
 * @param isFromElsewhere it followed another site's link: with a mere redirect it would not send the cookie, from a page of this
 *   address it does
 */
export function keepToken(target: string, token: string, port: number, isFromElsewhere: boolean): Response {
  const cookie = `${cookieName(port)}=${token}; Path=${PAGES}; HttpOnly; SameSite=Strict`;
  const headers = { 'Set-Cookie': cookie, ...PAGE_HEADERS };
  if (!isFromElsewhere) return new Response(null, { status: 303, headers: { Location: target, ...headers } });
  const onward = html`<meta http-equiv="refresh" content="0; url=${target}">`;
  const page = bareDocument('The audit trail', html`<p><a href="${target}">Go on to the page</a></p>`, onward);
  return new Response(page, { headers: { ...headers, 'Content-Type': HTML } });
}

const HTML = 'text/html; charset=utf-8';

function bareDocument(title: string, content: unknown, head: unknown = ''): string {
  const document = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">${head}
<title>${title}</title>
<main><h1>${title}</h1>${content}</main>
</html>
`;
  // Nothing in it waits for a promise.
  return (document as HtmlEscapedString).toString();
}

/** What a browser is shown in place of a page that is refused. */
export function refusedPage(title: string, detail: string, target: string, headers: Readonly<Record<string, string>>) {
  // From another site's link a browser sends no cookie; from a page of this address it does.
  const again = isPage(target) ? target : FIRST_PAGE;
  const body = bareDocument(title, html`<p>${detail}</p><p><a href="${again}">Try again from here</a></p>`);
  return { body, headers: { ...headers, ...PAGE_HEADERS, 'Content-Type': HTML } };
}

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../gateway/api-server.ts';
import { trailRoutes } from '../../gateway/trail-routes.ts';

const TOKEN = 'k7-Zq0';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let server: ApiServer;
/** What the pages were asked. */
let pages: string[];

beforeEach(() => {
  pages = [];
});
afterEach(() => server.close());

async function start(token?: string, openingCode?: string): Promise<ApiServer> {
  const respond = trailRoutes({
    api: async () => new Response('the API'),
    ec2: () => ({ ask: async () => new Response(''), now: () => new Date(0), onError: () => undefined }),
    pages: async ({ method, url }) => {
      pages.push(`${method} ${new URL(url).pathname}${new URL(url).search}`);
      return new Response('a page', { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    },
  });
  server = await startApiServer({
    port: 0,
    respond,
    onError: () => undefined,
    ...(token ? { token } : {}),
    ...(openingCode ? { openingCode } : {}),
  });
  return server;
}

/** A request with whatever headers a test wants, which `fetch` does not allow. */
async function send(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET') {
  const request = httpRequest({ host: '127.0.0.1', port: server.port, agent: false, method, path, headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const cookieOf = (headers: IncomingMessage['headers']) => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

describe('a browser', () => {
  it('is led from / to the first page; a program gets what it got', async () => {
    await start();
    expect(await send('/', BROWSER)).toMatchObject({ status: 303, headers: { location: '/ui/now' } });
    expect(await send('/')).toMatchObject({ status: 200, body: 'the API' });
    expect(await send('/', { accept: 'application/json' })).toMatchObject({ body: 'the API' });
  });

  it('gets every page with a strict policy: nothing from elsewhere, nothing inline, no frame', async () => {
    await start();
    const { headers } = await send('/ui/now', BROWSER);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({ 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' });
  });

  it('that comes with the token keeps it in a cookie, and its address is without it', async () => {
    await start(TOKEN);
    for (const [path, location] of [
      [`/t/${TOKEN}`, '/ui/now'],
      [`/t/${TOKEN}/`, '/ui/now'],
      [`/t/${TOKEN}/ui/connections?user=a%20b`, '/ui/connections?user=a%20b'],
    ] as const) {
      const { status, headers } = await send(path, BROWSER);
      expect([status, headers.location]).toEqual([303, location]);
      expect(headers['set-cookie']).toEqual([
        `cvpn-audit-${server.port}=${TOKEN}; Path=/ui; HttpOnly; SameSite=Strict`,
      ]);
    }
    expect(pages).toEqual([]);
  });

  it('that is opened with a code gets the token for it, once, and with it nothing else', async () => {
    await start(TOKEN, 'once');
    const cookie = `cvpn-audit-${server.port}=once`;
    for (const [path, headers] of [
      ['/t/once/connections', BROWSER],
      ['/t/once', {}],
      ['/ui/now', { cookie }],
    ] as const) {
      expect((await send(path, headers)).status).toBe(401);
    }
    const { status, headers } = await send('/t/once', BROWSER);
    expect([status, headers.location, cookieOf(headers)]).toEqual([
      303,
      '/ui/now',
      `cvpn-audit-${server.port}=${TOKEN}`,
    ]);
    expect((await send('/t/once', BROWSER)).status).toBe(401);
  });

  it("that follows another site's link to the address with the token goes on from a page of this one", async () => {
    await start(TOKEN);
    const elsewhere = { ...BROWSER, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const { status, headers, body } = await send(`/t/${TOKEN}/ui/at?ip="`, elsewhere);
    expect([status, cookieOf(headers)]).toEqual([200, `cvpn-audit-${server.port}=${TOKEN}`]);
    expect(body).toContain('<meta http-equiv="refresh" content="0; url=/ui/at?ip=&quot;">');
  });

  it('is shown the pages for the cookie, and nothing else', async () => {
    await start(TOKEN);
    const cookie = cookieOf((await send(`/t/${TOKEN}`, BROWSER)).headers);
    expect(await send('/ui/now', { cookie: `other=1; ${cookie}` })).toMatchObject({ status: 200, body: 'a page' });
    for (const path of ['/connections', '/openapi.json', '/uix', '/?Action=DescribeClientVpnEndpoints']) {
      expect((await send(path, { cookie })).status).toBe(401);
    }
    expect((await send('/', { cookie }, 'POST')).status).toBe(401);
    expect(pages).toEqual(['GET /ui/now']);
  });

  it.each(['cvpn-audit-PORT=k7-Zq1', 'cvpn-audit-PORT=', 'cvpn-audit-1=k7-Zq0', 'xcvpn-audit-PORT=k7-Zq0', ''])(
    'with the cookie "%s" is refused, with a page that links to itself',
    async (given) => {
      await start(TOKEN);
      const cookie = given.replace('PORT', String(server.port));
      const { status, headers, body } = await send('/ui/connections?user=%3Cb%3E', { ...BROWSER, cookie });
      expect(status).toBe(401);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(body).toContain('&quot;cvpn-audit console&quot; printed');
      expect(body).toContain('href="/ui/connections?user=%3Cb%3E"');
    },
  );

  it('with a wrong token in the path is refused, whatever its cookie', async () => {
    await start(TOKEN);
    const cookie = cookieOf((await send(`/t/${TOKEN}`, BROWSER)).headers);
    expect((await send('/t/no/ui/now', { ...BROWSER, cookie })).status).toBe(401);
  });

  it('changes something only from a page of this address, also where no token is needed', async () => {
    for (const token of [undefined, TOKEN]) {
      await start(token);
      const cookie = `cvpn-audit-${server.port}=${TOKEN}`;
      const post = (headers: OutgoingHttpHeaders) => send('/ui/evidence', { cookie, ...headers }, 'POST');
      for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1']) {
        expect((await post({ origin })).status).toBe(403);
      }
      const { status, headers } = await post({});
      expect([status, headers['content-type']]).toEqual([403, 'application/problem+json']);
      expect((await post({ origin: server.url })).status).toBe(200);
      await server.close();
    }
    await start();
  });
});

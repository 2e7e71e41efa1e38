import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../gateway/api-server.ts';

/** What the guards let through, as the app saw it. */
let seen: string[];
let errors: unknown[];
let servers: ApiServer[];

beforeEach(() => {
  [seen, errors, servers] = [[], [], []];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function start(options: Partial<ApiServerOptions> = {}): Promise<ApiServer> {
  const respond = async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    seen.push(`${request.method} ${pathname}${search} ${await request.text()}`.trim());
    return new Response('answered', { headers: { 'Content-Type': 'text/plain' } });
  };
  const server = await startApiServer({ port: 0, respond, onError: (error) => errors.push(error), ...options });
  servers.push(server);
  return server;
}

/** A request with whatever headers a test wants, which `fetch` does not allow. */
async function send({ port }: ApiServer, options: RequestOptions = {}, body = '') {
  const request = httpRequest({ host: '127.0.0.1', port, agent: false, ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // A server that has answered need not take the rest of a long body.
  request.on('error', () => undefined);
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const get = (server: ApiServer, headers: Record<string, string>, path = '/') => send(server, { headers, path });

describe('the Host', () => {
  test('is the server itself, by address or as localhost', async () => {
    const server = await start();
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, `LocalHost:${server.port}`]) {
      expect(await get(server, { host })).toMatchObject({ status: 200, body: 'answered' });
    }
  });

  test('that is another is refused with a problem document that says what is expected', async () => {
    const server = await start();
    const { status, headers, body } = await get(server, { host: 'evil.example' });
    expect(status).toBe(421);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toEqual({
      type: '/problems/host-not-ours',
      title: 'This address answers under its own name only',
      status: 421,
      detail: `Expected the Host 127.0.0.1:${server.port} or localhost:${server.port}.`,
      requestId: headers['x-amzn-requestid'],
    });
  });

  test('that is not there, or there twice, is refused', async () => {
    const server = await start();
    for (const head of ['GET / HTTP/1.0', `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nHost: evil`]) {
      expect(await raw(server, `${head}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 4(00|21) /);
    }
    expect(seen).toEqual([]);
  });
});

test.each([
  ['host', '127.0.0.1', 421],
  ['host', 'localhost:1', 421],
  ['host', '127.0.0.1.evil.example:PORT', 421],
  ['host', 'evil.example@127.0.0.1:PORT', 421],
  ['origin', 'http://evil.example', 403],
  ['origin', 'null', 403],
  ['origin', 'http://127.0.0.1:1', 403],
  ['origin', 'https://127.0.0.1:PORT', 403],
])('%s %s is refused with %i', async (header, value, status) => {
  const server = await start();
  const answer = await get(server, { [header]: value.replace('PORT', String(server.port)) });
  expect(answer.status).toBe(status);
  const type = status === 403 ? '/problems/origin-foreign' : '/problems/host-not-ours';
  expect(JSON.parse(answer.body)).toMatchObject({ type });
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  expect(seen).toEqual([]);
});

describe('the Origin', () => {
  test('may be absent, or the server itself', async () => {
    const server = await start();
    for (const origin of [server.url, `http://localhost:${server.port}`]) {
      expect((await get(server, { origin })).status).toBe(200);
    }
  });

  test.each([
    ['cross-site', 'no-cors', 403],
    ['same-site', 'cors', 403],
    ['cross-site', 'navigate', 200],
    ['same-origin', 'cors', 200],
  ])("is not all: another site's page may link to here and not load (%s, %s: %i)", async (site, mode, status) => {
    const answer = await get(await start(), { 'sec-fetch-site': site, 'sec-fetch-mode': mode });
    expect(answer.status).toBe(status);
  });

  test("of a POST is refused as EC2 refuses, which AWS's tools can read", async () => {
    const server = await start();
    const { body } = await send(server, { method: 'POST', headers: { origin: 'http://evil.example' } });
    expect(body).toMatch(/^<\?xml .*\n<Response><Errors><Error><Code>UnauthorizedOperation<\/Code><Message>Pages of /);
  });
});

describe('sizes', () => {
  test('a URL of 16 KB is taken, a longer one refused with 414', async () => {
    const server = await start();
    expect((await get(server, {}, `/${'a'.repeat(16_383)}`)).status).toBe(200);
    const { status, body } = await get(server, {}, `/${'a'.repeat(16_384)}`);
    expect(status).toBe(414);
    expect(JSON.parse(body)).toMatchObject({ detail: 'Got 16385 bytes, expected at most 16384.' });
  });

  test('a body of 4 MB is taken, a longer one refused with 413, with and without its length told', async () => {
    const server = await start();
    const most = 'a'.repeat(4 * 1024 * 1024);
    const post = (body: string, headers = {}) => send(server, { method: 'POST', headers }, body);
    expect((await post(most)).status).toBe(200);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }])
      expect((await post(`${most}a`, headers)).status).toBe(413);
    expect(seen).toHaveLength(1);
  });

  test('a body that is announced too large is refused before it comes', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: 9999999\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });
});

describe('the token', () => {
  const token = 'k7-Zq0';

  test('stands in the path, which then ends there, or in the header', async () => {
    const server = await start({ token });
    await get(server, {}, `/t/${token}/connections?limit=1`);
    await get(server, { authorization: `Bearer ${token}` }, '/endpoints');
    await send(server, { method: 'POST', path: `/t/${token}` }, 'Action=x');
    await send(server, { method: 'POST', path: `/t/${token}/` }, 'Action=y');
    expect(seen).toEqual(['GET /connections?limit=1', 'GET /endpoints', 'POST / Action=x', 'POST / Action=y']);
  });

  test.each([
    ['none', '/connections', {}],
    ['another in the path', '/t/k7-Zq1/connections', {}],
    ['the beginning of it', '/t/k7-Zq/connections', {}],
    ['an empty one', '/t//connections', {}],
    ['another in the header', '/connections', { authorization: 'Bearer no' }],
    ['another scheme', '/connections', { authorization: 'Basic k7-Zq0' }],
    ['a wrong one in the path beside the right one in the header', '/t/no/', { authorization: `Bearer ${token}` }],
  ])('%s is refused with 401', async (_, path, headers) => {
    const server = await start({ token });
    const answer = await get(server, headers, path);
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(JSON.parse(answer.body)).toMatchObject({
      type: '/problems/token-missing',
      detail: expect.stringContaining('"cvpn-audit console" printed'),
    });
    expect(seen).toEqual([]);
  });

  test('does not stand in for the Host', async () => {
    const server = await start({ token });
    expect((await get(server, { host: 'evil.example' }, `/t/${token}/`)).status).toBe(421);
  });
});

describe('the server', () => {
  test('answers HEAD as GET, without a body; lets no page of another site load it, and no cache keep it', async () => {
    const answer = await send(await start(), { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  test('tells nothing of the inside of a failure, but to the one who started it', async () => {
    const broken = new Error('secret');
    const server = await start({ respond: () => Promise.reject(broken) });
    const { status, body } = await send(server);
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
    expect(errors).toEqual([broken]);
  });

  test('refuses a target that is not a path, and a method that no app knows', async () => {
    const server = await start();
    expect((await send(server, { path: 'http://evil.example/' })).status).toBe(400);
    const unknown = { status: 405, headers: { allow: 'GET, HEAD, POST' } };
    expect(await send(server, { method: 'TRACE' })).toMatchObject(unknown);
    expect((await get(server, {}, '//evil.example/x')).status).toBe(200);
    expect(seen).toEqual(['GET //evil.example/x']);
  });

  test('names the option for another port where its own is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({
      name: 'PortUnusable',
      message: `Port ${port} is in use by another program. Choose another with --port N; 0 takes any free one.`,
    });
  });

  test('lets an answer finish when it is closed, and takes no more requests', async () => {
    const answering = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const server = await start({
      respond: async () => {
        answering.resolve();
        await finish.promise;
        return new Response('late');
      },
    });
    const answer = send(server);
    await answering.promise;
    const closed = server.close();
    finish.resolve();
    expect((await answer).body).toBe('late');
    await closed;
    await expect(send(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    servers = [];
  });
});

async function raw({ port }: ApiServer, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(head);
  return text(socket);
}

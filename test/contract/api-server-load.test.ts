import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../gateway/api-server.ts';

/** Larger than what the system takes of an answer that nobody reads. */
const LARGE = Buffer.alloc(48 * 1024 * 1024, 'a');

const NEVER = 2 ** 31 - 1;

/** The paths that the app was asked for, and how each is answered when the test says so. */
let asked: string[];
let answer: Map<string, (body: string | Buffer<ArrayBuffer>) => void>;
/** Who waits for a path to be asked for. */
let arrivals: Map<string, () => void>;
let errors: unknown[];
let servers: ApiServer[];
let sockets: Socket[];

beforeEach(() => {
  [asked, answer, arrivals, errors, servers, sockets] = [[], new Map(), new Map(), [], [], []];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const finish of answer.values()) finish('');
  await Promise.all(servers.map((server) => server.close()));
});

async function start(options: Partial<ApiServerOptions> = {}): Promise<ApiServer> {
  const respond = async (request: Request) => {
    const path = new URL(request.url).pathname;
    asked.push(path);
    const body = Promise.withResolvers<string | Buffer<ArrayBuffer>>();
    answer.set(path, body.resolve);
    arrivals.get(path)?.();
    return new Response(await body.promise);
  };
  const server = await startApiServer({ port: 0, respond, onError: (error) => errors.push(error), ...options });
  servers.push(server);
  return server;
}

/** Until the app is asked for a path. */
function arrivalOf(path: string): Promise<void> {
  return asked.includes(path) ? Promise.resolve() : new Promise((resolve) => arrivals.set(path, resolve));
}

/** A client that sends requests at once, and reads nothing until it is told to. */
async function pipeline({ port }: ApiServer, heads: readonly string[], body = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  socket.write(`${heads.map((head) => `${head} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`).join('')}${body}`);
  return socket;
}

/** One request on a connection of its own, which is refused without a turn: the server has seen all that came before. */
async function passBy({ url }: ApiServer): Promise<void> {
  expect((await fetch(url, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
}

describe('questions', () => {
  const limits = { atOnce: 2, waiting: 1 };

  test('are answered a few at a time, in their order', async () => {
    const server = await start({ limits });
    const answers = [];
    for (const path of ['/1', '/2', '/3']) {
      answers.push(fetch(server.url + path));
      await passBy(server);
    }
    expect(asked).toEqual(['/1', '/2']);
    answer.get('/2')?.('second');
    expect(await (await answers[1])?.text()).toBe('second');
    await arrivalOf('/3');
    expect(asked).toEqual(['/1', '/2', '/3']);
  });

  test.each([
    ['GET', '/connections', 'application/problem+json'],
    ['POST', '/exports', 'application/problem+json'],
    ['POST', '/', 'text/xml;charset=UTF-8'],
    ['GET', '/?Action=DescribeClientVpnEndpoints', 'text/xml;charset=UTF-8'],
    ['GET', '/?Version=2016-11-15&Action=DescribeClientVpnEndpoints', 'text/xml;charset=UTF-8'],
  ])('beyond those and a few that wait are refused for a second: %s %s', async (method, path, type) => {
    const server = await start({ limits });
    const open = ['/1', '/2', '/3'].map((path) => fetch(server.url + path));
    await Promise.all(['/1', '/2'].map(arrivalOf));
    const refused = await fetch(server.url + path, { method });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toBe(type);
    const body = await refused.text();
    const detail = 'At most 2 are answered at a time, and 1 wait. Ask again in a second.';
    if (type.startsWith('text/xml')) {
      expect(body).toContain('<Errors><Error><Code>RequestLimitExceeded</Code>');
      expect(body).toContain(detail);
    } else {
      const type = '/problems/too-many-questions';
      expect(JSON.parse(body)).toMatchObject({ type, title: 'Too many questions at a time', status: 503, detail });
    }
    for (const path of ['/1', '/2', '/3']) {
      await arrivalOf(path);
      answer.get(path)?.('');
    }
    await Promise.all(open);
    const later = fetch(`${server.url}/later`);
    await arrivalOf('/later');
    answer.get('/later')?.('taken');
    expect((await later).status).toBe(200);
  });

  test('are answered one at a time while there is something more important', async () => {
    let busy = true;
    const server = await start({ limits: { atOnce: 2, waiting: 2 }, yields: () => busy });
    for (const path of ['/1', '/2', '/3']) {
      await pipeline(server, [`GET ${path}`]);
      await passBy(server);
    }
    expect(asked).toEqual(['/1']);
    busy = false;
    answer.get('/1')?.('');
    await arrivalOf('/3');
    expect(asked).toEqual(['/1', '/2', '/3']);
  });

  test('whose client goes away while they wait are not asked', async () => {
    const server = await start({ limits: { atOnce: 1, waiting: 2 } });
    const [first, gone] = [fetch(`${server.url}/1`), await pipeline(server, ['GET /gone'])];
    await arrivalOf('/1');
    await passBy(server);
    gone.destroy();
    await once(gone, 'close');
    await passBy(server);
    await pipeline(server, ['GET /3']);
    answer.get('/1')?.('');
    await first;
    await arrivalOf('/3');
    expect(asked).toEqual(['/1', '/3']);
    expect(errors).toEqual([]);
  });
});

describe('pipelined questions of one socket', () => {
  test('are taken one after the other, as their answers are read', async () => {
    const server = await start();
    const socket = await pipeline(server, ['GET /1', 'GET /2', 'POST /3']);
    await arrivalOf('/1');
    await passBy(server);
    expect(asked).toEqual(['/1']);
    answer.get('/1')?.(LARGE);
    await passBy(server);
    expect(asked).toEqual(['/1']);
    socket.resume();
    await arrivalOf('/2');
    expect(asked).toEqual(['/1', '/2']);
    answer.get('/2')?.('second');
    await arrivalOf('/3');
  });

  test('are all answered, in their order, and so is what comes after a pause', async () => {
    const server = await start({ respond: async ({ url }) => new Response(`[${new URL(url).pathname}]`) });
    const numbers = Array.from({ length: 200 }, (_, index) => `[/${index}]`);
    const heads = numbers.map((path) => `GET ${path.slice(1, -1)}`);
    const socket = await pipeline(server, heads);
    let read = '';
    const all = Promise.withResolvers<void>();
    socket.setEncoding('utf8').on('data', (piece: string) => {
      read += piece;
      if (read.includes('[/199]')) all.resolve();
      if (read.includes('[/later]')) socket.end();
    });
    socket.resume();
    await all.promise;
    expect(read.match(/\[.*?\]/g)).toEqual(numbers);
    socket.write(`GET /later HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    await once(socket, 'close');
    expect(read).toContain('[/later]');
  });

  test('are not read ahead without end', async () => {
    const server = await start();
    let parsed = 0;
    const count = (message: unknown) => {
      if ((message as { request: IncomingMessage }).request.url?.startsWith('/many')) parsed += 1;
    };
    subscribe('http.server.request.start', count);
    try {
      const head = `GET /many HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX: ${'x'.repeat(30_000)}\r\n\r\n`;
      await pipeline(server, ['GET /1'], head.repeat(100));
      await arrivalOf('/1');
      for (let pass = 0; pass < 50; pass += 1) await passBy(server);
      expect(parsed).toBeLessThan(10);
    } finally {
      unsubscribe('http.server.request.start', count);
    }
  });

  test('are so many at most; the last answer says so', async () => {
    const limits = { requestsPerSocket: 3 };
    const server = await start({ limits, respond: async () => new Response('answered') });
    const socket = await pipeline(server, Array(4).fill('GET /'));
    let read = '';
    for await (const piece of socket) {
      read += String(piece);
      if (read.includes('HTTP/1.1 503')) break;
    }
    const [first, second, third] = ['keep-alive', 'keep-alive', 'close'].map((word) => `Connection: ${word}`);
    const all = [first, 'answered', second, 'answered', third, 'answered'];
    expect(read.match(/Connection: \S+|answered/gi)?.slice(0, 6)).toEqual(all);
  });
});

describe('a client that never reads', () => {
  test('is cut off after a time', async () => {
    const server = await start({ limits: { answerTime: 20, closingTime: NEVER } });
    const socket = await pipeline(server, ['GET /1', 'GET /2']);
    await arrivalOf('/1');
    answer.get('/1')?.(LARGE);
    // This waits until no socket is left.
    await server.close();
    expect((await text(socket.resume())).length).toBeLessThan(LARGE.byteLength);
    expect(asked).toEqual(['/1']);
  });

  test('does not hold up the end of the server, nor do its other questions', async () => {
    const server = await start({ limits: { answerTime: NEVER, closingTime: 20 } });
    await pipeline(server, ['GET /1', 'GET /2']);
    await arrivalOf('/1');
    answer.get('/1')?.(LARGE);
    await server.close();
    expect(asked).toEqual(['/1']);
  });
});

test('a server that is closed finishes the answer in progress, and takes no more of what its socket has sent', async () => {
  const server = await start({ limits: { closingTime: NEVER } });
  const socket = await pipeline(server, ['GET /1', 'GET /2']);
  await arrivalOf('/1');
  const closed = server.close();
  answer.get('/1')?.('the last');
  expect(await text(socket.resume())).toMatch(
    /^HTTP\/1.1 200 OK\r\n(?:.*\r\n)*connection: close\r\n(?:.*\r\n)*the last$/,
  );
  await closed;
  expect(asked).toEqual(['/1']);
});

test('a request that does not come to its end is not waited for', async () => {
  const patience = { headTime: 20, requestTime: 40, checkingTime: 5 };
  const server = await start({ limits: { ...patience, closingTime: NEVER } });
  const halves = [
    '',
    'GET / HTTP/1.1\r\nHo',
    `POST / HTTP/1.1\r\nHost: x:${server.port}\r\nContent-Length: 9\r\n\r\nhalf`,
  ];
  for (const half of halves) {
    const socket = await pipeline(server, [], half.replace('x:', '127.0.0.1:'));
    expect(await text(socket.resume())).toMatch(/^HTTP\/1.1 408 /);
  }
  expect([asked, errors]).toEqual([[], []]);
});

test('sockets beyond a number are closed', async () => {
  const server = await start({ limits: { sockets: 2 } });
  for (const path of ['/1', '/2']) {
    await pipeline(server, [`GET ${path}`]);
    await arrivalOf(path);
  }
  expect(await text((await pipeline(server, ['GET /3'])).resume())).toBe('');
  expect(asked).toEqual(['/1', '/2']);
});

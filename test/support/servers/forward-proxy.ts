import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { serverCertificate } from './tls-server.ts';

/** A forward proxy on loopback, which leads everywhere to the same server. */
export interface ForwardProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** What it was asked for: `CONNECT HOST:PORT`, or a method and a whole address. */
  readonly asked: string[];
}

/** How it answers. */
interface ProxyManners {
  /** The port on loopback that it leads to. */
  readonly port: number;
  /** `USER:PASSWORD` that it wants. */
  readonly wants?: string;
  /** The status that it answers CONNECT with; `never` where it does not answer. */
  readonly answers?: number | 'never';
  /** Whether it is spoken to over TLS, with the certificate of the tests' server. */
  readonly isSecure?: true;
}

/** By RFC 9110, 9.3.6 (CONNECT) and 11.7 (Proxy-Authorization), and RFC 9112, 3.2.2 (the whole address). */
export async function startForwardProxy({ port, wants, answers = 200, isSecure }: ProxyManners): Promise<ForwardProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const isWelcome = ({ headers }: IncomingMessage) =>
    wants === undefined || headers['proxy-authorization'] === `Basic ${Buffer.from(wants).toString('base64')}`;
  const server = isSecure ? createSecureServer(serverCertificate()) : createServer();
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (isWelcome(incoming)) forward(incoming, response, port);
    else response.writeHead(407, { 'proxy-authenticate': 'Basic realm="test"' }).end();
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    socket.on('error', () => {});
    if (answers === 'never') return;
    const status = isWelcome(incoming) ? answers : 407;
    socket.write(`HTTP/1.1 ${status} Said by the proxy\r\n\r\n`);
    if (status === 200) tunnel(socket, port);
    else socket.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function tunnel(socket: Socket, port: number): void {
  const there = connect(port, '127.0.0.1').on('error', () => socket.destroy());
  socket
    .on('close', () => there.destroy())
    .pipe(there)
    .pipe(socket);
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { pathname, search } = new URL(incoming.url ?? '');
  const { method, headers } = incoming;
  const there = ask({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  incoming.pipe(there);
}

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const FILES = join(import.meta.dirname, '../../fixtures/tls');

/** The certificate of the authority that vouches for {@link startTlsServer}'s, and which nobody trusts who is not told to. */
export const AUTHORITY_FILE = join(FILES, 'authority.pem');

/** The certificate that this authority vouches for: of AWS's services in eu-central-1, and of this machine. */
export const serverCertificate = () => ({
  cert: readFileSync(join(FILES, 'server.pem')),
  key: readFileSync(join(FILES, 'server-key.pem')),
});

/** What stands for AWS: it has a certificate for the services of eu-central-1, from an authority of its own. */
export interface TlsServer extends AsyncDisposable {
  readonly port: number;
  /** The hosts that were asked, each time one was. */
  readonly asked: string[];
  /** The connections that were made, whether or not TLS came about. */
  readonly connections: () => number;
}

/** Starts it on loopback. It refuses whatever it is asked, in JSON, so that nobody asks twice. */
export async function startTlsServer(): Promise<TlsServer> {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer(serverCertificate(), ({ headers }, response) => {
    asked.push(headers.host ?? '');
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"Refused by the test"}');
  });
  server.on('connection', () => (connections += 1)).on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** A server on loopback that a test closes. */
export interface LoopbackServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves on a free port of 127.0.0.1. Closing it cuts what is still open. */
export async function serveOnLoopback(answer: RequestListener): Promise<LoopbackServer> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

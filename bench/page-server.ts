import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { derivedUuid } from '../local/simulated-client-vpn/derived-id.ts';
import { replyTo } from '../local/simulated-client-vpn/reply.ts';
import { ENDPOINT, FIRST_CAPTURE, steadyRows } from './rows.ts';

/**
 * A process of its own that serves {@link steadyRows}: `node page-server.ts COUNT`. Every answer is made once and kept,
 * so that the server takes as little as possible of what is measured. `POST /next` goes on to the second snapshot.
 */
const count = Number(process.argv[2]);
let snapshot: 0 | 1 = 0;
let rows = steadyRows(count, 0);
const answers = new Map<string, Buffer>();

const endpoint = {
  clientVpnEndpointId: ENDPOINT,
  clientCidrBlock: '10.0.0.0/8',
  serverCertificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d-0000-4000-8000-000000000000',
};

const server = createServer((request, response) => {
  void (async () => {
    const body = await text(request);
    const now = new Date(FIRST_CAPTURE.getTime() + snapshot * 300_000);
    if (request.url === '/next') {
      snapshot = 1;
      rows = steadyRows(count, 1);
      answers.clear();
      response.end();
      return;
    }
    let xml = answers.get(body);
    if (!xml) {
      const parameters = new URLSearchParams(body);
      const asked = {
        action: parameters.get('Action') ?? '',
        parameters,
        signed: true,
        requestId: derivedUuid(String(snapshot), body),
      };
      xml = Buffer.from(replyTo(asked, { endpoints: () => [endpoint], connections: () => rows }, now).xml);
      answers.set(body, xml);
    }
    response.writeHead(200, {
      'Content-Type': 'text/xml;charset=UTF-8',
      'Content-Length': xml.length,
      Date: now.toUTCString(),
    });
    response.end(xml);
  })();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address ? address.port : 0}\n`);
});
// Ends with the benchmark that started it.
process.stdin.on('close', () => process.exit()).resume();

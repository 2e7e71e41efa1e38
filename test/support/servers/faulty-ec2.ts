import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { derivedUuid } from '../../../local/simulated-client-vpn/derived-id.ts';
import { replyTo } from '../../../local/simulated-client-vpn/reply.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';

/** A request of the recorder, and what the simulated Client VPN would answer. */
export interface Ec2Request {
  readonly action: string;
  readonly parameters: URLSearchParams;
  readonly reply: { status: number; xml: string };
  /** How many requests with this action and these parameters came before. */
  readonly before: number;
}

/** Answers a request in a way of its own, or leaves it to the simulation by answering false. */
export type Ec2Fault = (asked: Ec2Request, response: ServerResponse, request: IncomingMessage) => boolean;

export interface FaultyEc2 {
  readonly url: string;
  fault: Ec2Fault;
  requests: URLSearchParams[];
  close(): Promise<void>;
}

/** A simulated Client VPN on loopback that misbehaves as a test wants it to. */
export async function startFaultyEc2(world: World, now: () => Date): Promise<FaultyEc2> {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const ec2: FaultyEc2 = {
    url: '',
    fault: () => false,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const parameters = new URLSearchParams(body);
    ec2.requests.push(parameters);
    const action = parameters.get('Action') ?? '';
    const before = seen.get(body) ?? 0;
    seen.set(body, before + 1);
    // Not before: an answer is the same however often it is asked for, like the id of its request.
    const requestId = derivedUuid(now().toISOString(), body);
    const reply = replyTo({ action, parameters, signed: true, requestId }, world, now());
    if (!ec2.fault({ action, parameters, reply, before }, response, request)) send(response, now(), reply);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return Object.assign(ec2, { url: `http://127.0.0.1:${address.port}` });
}

/** Sends an answer as EC2 does, with its clock in the Date header. */
export function send(response: ServerResponse, now: Date, { status, xml }: { status: number; xml: string }): void {
  const headers = {
    'Content-Type': 'text/xml;charset=UTF-8',
    'Content-Length': Buffer.byteLength(xml),
    'x-amzn-requestid': '11111111-2222-4333-8444-555555555555',
    Date: now.toUTCString(),
  };
  response.writeHead(status, headers).end(xml);
}

/** The body of an error of EC2's. */
export function errorXml(code: string, message = 'Said so.'): string {
  return `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>11111111-2222-4333-8444-555555555555</RequestID></Response>`;
}

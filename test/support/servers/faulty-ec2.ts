import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { derivedUuid } from '../../../local/simulated-client-vpn/derived-id.ts';
import { replyTo } from '../../../local/simulated-client-vpn/reply.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts';

/** A request of the recorder, and what the simulated Client VPN would answer. */
export interface Ec2Request {
  readonly action: string;
  readonly parameters: URLSearchParams;
  readonly reply: { status: number; xml: string };
  /** How many requests with this action and these parameters came before. */
  readonly before: number;
  /** Answers it with this instead. */
  readonly answer: (xml: string, status?: number) => true;
  /** Answers it with an error of EC2's. */
  readonly refuse: (code: string, status?: number) => true;
}

/** Answers a request in a way of its own, or leaves it to the simulation by answering false. */
export type Ec2Fault = (asked: Ec2Request, response: ServerResponse, request: IncomingMessage) => boolean;

export interface FaultyEc2 extends LoopbackServer {
  fault: Ec2Fault;
  requests: URLSearchParams[];
  /** How far the Date of its answers is ahead of its time, in seconds. */
  dateAhead: number;
}

/** A simulated Client VPN on loopback that misbehaves as a test wants it to. */
export async function startFaultyEc2(world: World, now: () => Date): Promise<FaultyEc2> {
  const seen = new Map<string, number>();
  const faults: Pick<FaultyEc2, 'fault' | 'requests' | 'dateAhead'> = {
    fault: () => false,
    requests: [],
    dateAhead: 0,
  };
  const server = await serveOnLoopback((request, response) => {
    void answer(request, response);
  });
  const ec2 = Object.assign(faults, server);
  const date = () => new Date(now().getTime() + ec2.dateAhead * 1000);
  return ec2;

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
    const answerWith = (xml: string, status = 200): true => {
      send(response, date(), { status, xml });
      return true;
    };
    const refuse = (code: string, status = 403) => answerWith(errorXml(code), status);
    const asked = { action, parameters, reply, before, answer: answerWith, refuse };
    if (!ec2.fault(asked, response, request)) send(response, date(), reply);
  }
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

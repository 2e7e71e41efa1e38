import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { errorXml } from './faulty-ec2.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts';

/** A request as a service of AWS gets it. */
export interface ServiceRequest {
  /** The action of IAM that it needs, like `sqs:GetQueueAttributes`. */
  readonly action: string;
  /** The JSON body, the parameters of the Query protocol, or of the address. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a service answers: JSON, XML below the Query protocol's result element, or S3's XML. */
export type ServiceAnswer = { readonly json: unknown } | { readonly xml: string } | { readonly error: string };

/** Several services of AWS under one address, each in its own protocol. */
export interface AwsServices extends LoopbackServer {
  /** Answers by action; what has none here goes to a service's own server, if `forward` names one. */
  readonly answers: Map<string, (input: ServiceRequest['input']) => ServiceAnswer>;
  /** Actions that are refused. */
  readonly denied: Set<string>;
  /** Actions that were asked for. */
  readonly asked: Set<string>;
  /** The Date of each answer; the time itself where it is absent. */
  date?: Date;
}

/** By the service's name in a signature: its prefix in IAM, and how it speaks. */
const SERVICES: Readonly<Record<string, { prefix: string; speaks: 'query' | 'json' | 'rest-json' | 'rest-xml' }>> = {
  cloudformation: { prefix: 'cloudformation', speaks: 'query' },
  dynamodb: { prefix: 'dynamodb', speaks: 'json' },
  ec2: { prefix: 'ec2', speaks: 'query' },
  lambda: { prefix: 'lambda', speaks: 'rest-json' },
  monitoring: { prefix: 'cloudwatch', speaks: 'json' },
  s3: { prefix: 's3', speaks: 'rest-xml' },
  scheduler: { prefix: 'scheduler', speaks: 'rest-json' },
  sns: { prefix: 'sns', speaks: 'query' },
  sqs: { prefix: 'sqs', speaks: 'json' },
};

/** Actions of requests whose address alone names them. */
const BY_ADDRESS: readonly [pattern: RegExp, operation: string][] = [
  [/^\/2015-03-31\/functions\/[^/]+\/configuration/, 'GetFunctionConfiguration'],
  [/^\/schedules\?/, 'ListSchedules'],
  [/^\/schedules\//, 'GetSchedule'],
  [/\?object-lock/, 'GetBucketObjectLockConfiguration'],
];

/** @param forward addresses by the service's name, for what has no answer of its own */
export async function startAwsServices(forward: Readonly<Record<string, string>> = {}): Promise<AwsServices> {
  const state: Pick<AwsServices, 'answers' | 'denied' | 'asked'> = {
    answers: new Map(),
    denied: new Set(),
    asked: new Set(),
  };
  const server = await serveOnLoopback((request, response) => {
    void answer(aws, forward, request, response);
  });
  const aws: AwsServices = Object.assign(state, server);
  return aws;
}

async function answer(
  aws: AwsServices,
  forward: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  const [, service = ''] = /Credential=[^/]+\/\d{8}\/[\w-]+\/(\w+)\//.exec(String(request.headers.authorization)) ?? [];
  const { prefix = service, speaks = 'json' } = SERVICES[service] ?? {};
  const { operation, input } = readRequest(request, body.toString(), speaks);
  const action = `${prefix}:${operation}`;
  aws.asked.add(action);
  if (aws.date) response.setHeader('Date', aws.date.toUTCString());
  const answered = aws.denied.has(action) ? { error: DENIED[service] ?? 'AccessDeniedException' } : undefined;
  const given = answered ?? aws.answers.get(action)?.(input);
  const own = forward[service];
  if (given) send(given, operation, speaks, response);
  else if (own !== undefined) handOn(own, request, body, response);
  else send({ error: 'NotImplemented' }, operation, speaks, response);
}

/** The codes that services refuse with, where it is not the usual one. */
const DENIED: Readonly<Record<string, string>> = {
  cloudformation: 'AccessDenied',
  ec2: 'UnauthorizedOperation',
  s3: 'AccessDenied',
  sns: 'AuthorizationError',
};

function readRequest({ url = '', headers }: IncomingMessage, body: string, speaks: string) {
  if (speaks === 'query') {
    const input = Object.fromEntries(new URLSearchParams(body));
    return { operation: input.Action ?? '', input };
  }
  if (speaks === 'json') {
    const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    return { operation, input: JSON.parse(body) as Record<string, unknown> };
  }
  const address = new URL(url, 'http://aws');
  const operation = BY_ADDRESS.find(([pattern]) => pattern.test(url))?.[1] ?? url;
  return { operation, input: { path: address.pathname, ...Object.fromEntries(address.searchParams) } };
}

function send(given: ServiceAnswer, operation: string, speaks: string, response: ServerResponse): void {
  if ('json' in given) {
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(given.json));
  } else if ('xml' in given) {
    const whole =
      speaks === 'query'
        ? `<${operation}Response><${operation}Result>${given.xml}</${operation}Result></${operation}Response>`
        : given.xml;
    response.writeHead(200, { 'Content-Type': 'text/xml' }).end(whole);
  } else sendError(given.error, speaks, response);
}

/** An error in the shape of the protocol. */
function sendError(code: string, speaks: string, response: ServerResponse): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>Said so.</Message></Error>`;
  if (speaks === 'query') {
    const xml =
      code === DENIED.ec2 ? errorXml(code) : `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`;
    response.writeHead(400, { 'Content-Type': 'text/xml' }).end(xml);
  } else if (speaks === 'rest-xml') response.writeHead(404, { 'Content-Type': 'text/xml' }).end(error);
  else {
    const headers = { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
    response.writeHead(400, headers).end(JSON.stringify({ __type: code, message: 'Said so.' }));
  }
}

function handOn(to: string, { method, url, headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const handedOn = httpRequest(new URL(url ?? '/', to), { method, headers }, (answered) => {
    const date = response.getHeader('Date');
    response.writeHead(answered.statusCode ?? 500, { ...answered.headers, ...(date ? { date: String(date) } : {}) });
    answered.pipe(response);
  });
  handedOn.on('error', (error) => response.destroy(error)).end(body);
}

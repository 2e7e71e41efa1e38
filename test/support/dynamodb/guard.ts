import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { Client } from '@smithy/core/client';
import { type LoopbackServer, serveOnLoopback } from '../servers/loopback-server.ts';
import { RULES } from './rules.ts';
import { type Input, inputsOf, type KeyPair, type Schema, Statement } from './statement.ts';

// Once imported, every DynamoDB client of this process refuses what DynamoDB refuses and an engine may take: also those that the code
// under test makes. Processes that tests start import it too (`--import`).

/** What was refused since somebody looked last: what the code under test makes of an error may hide it. */
export const refusals: string[] = [];

/** Operations with rules. */
const JUDGED = /^((Batch)?(Get|Write)|Put|Update|Delete|Transact(Get|Write))Items?$|^Query$|^Scan$/;

/**
 * What DynamoDB would refuse of a request, as its body is on the wire.
 *
 * @param schemaOf - undefined for a table that does not exist, which is left to the engine
 */
export async function judge(
  operation: string,
  body: string,
  schemaOf: (table: string) => Promise<Schema | undefined>,
): Promise<string | undefined> {
  if (!JUDGED.test(operation)) return undefined;
  const statements: Statement[] = [];
  for (const input of inputsOf(JSON.parse(body) as Input)) {
    const schema = await schemaOf(input.TableName);
    if (!schema) return undefined;
    statements.push(new Statement(operation, input, schema));
  }
  for (const { name, source, broken } of RULES) {
    const found = broken(statements, operation);
    if (found !== undefined) return `${operation}: ${name} (${source}): ${found.slice(0, 200)}`;
  }
  return undefined;
}

/** An engine behind a server that refuses the same, for clients that are bundled with their program. */
export function startGuardedDynamoDb(engine: string): Promise<LoopbackServer> {
  return serveOnLoopback((incoming, response) => {
    answerGuarded(engine, incoming, response).catch((error: Error) => response.destroy(error));
  });
}

async function answerGuarded(engine: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const target = String(incoming.headers['x-amz-target']);
  const refused = await judge(target.split('.')[1] ?? '', body.toString(), (table) => describe(engine, table));
  if (refused !== undefined) {
    refusals.push(refused);
    const error = { __type: 'com.amazon.coral.validate#ValidationException', message: refused };
    response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(error));
    return;
  }
  const answer = await post(engine, incoming.headers as Record<string, string>, body);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

interface Stack {
  add(
    middleware: (next: (args: Sent) => unknown) => (args: Sent) => Promise<unknown>,
    options: { readonly step: 'build'; readonly name: string; readonly override: true },
  ): void;
}
interface Sent {
  readonly request: {
    readonly protocol: string;
    readonly hostname: string;
    readonly port?: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Uint8Array;
  };
}

/** Those of clients that have the guard. */
const guarded = new WeakSet<Stack>();

const send = Reflect.get(Client.prototype, 'send') as (this: unknown, ...args: unknown[]) => unknown;
Client.prototype.send = function (
  this: { readonly config: { readonly serviceId?: string }; readonly middlewareStack: Stack },
  ...args: unknown[]
) {
  if (this.config.serviceId === 'DynamoDB' && !guarded.has(this.middlewareStack)) {
    this.middlewareStack.add(refuse, { step: 'build', name: 'guard', override: true });
    guarded.add(this.middlewareStack);
  }
  return send.apply(this, args);
} as unknown as typeof Client.prototype.send;

const refuse =
  (next: (args: Sent) => unknown) =>
  async (args: Sent): Promise<unknown> => {
    const { protocol, hostname, port, headers, body } = args.request;
    const target = headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? '';
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    const endpoint = `${protocol}//${hostname}:${port}`;
    const operation = target.split('.')[1] ?? '';
    const refused = await judge(operation, text, (table) => describe(endpoint, table));
    if (refused === undefined) {
      const answer = await next(args);
      // What it is now, nobody needs to ask for.
      if (operation === 'CreateTable') know(endpoint, JSON.parse(text) as Described);
      return answer;
    }
    refusals.push(refused);
    const $metadata = { httpStatusCode: 400 };
    throw new DynamoDBServiceException({ name: 'ValidationException', $fault: 'client', message: refused, $metadata });
  };

const schemas = new Map<string, Schema>();

async function describe(endpoint: string, TableName: string): Promise<Schema | undefined> {
  const known = schemas.get(placeOf(endpoint, TableName));
  if (known) return known;
  const headers = {
    'X-Amz-Target': 'DynamoDB_20120810.DescribeTable',
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Date': '20260101T000000Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=any',
  };
  const answer = await post(endpoint, headers, Buffer.from(JSON.stringify({ TableName })));
  const text = answer.body.toString();
  if (text.includes('ResourceNotFoundException')) return undefined;
  const { Table } = JSON.parse(text) as { Table?: Described };
  if (!Table) throw new Error(`${endpoint} does not describe ${TableName}: ${text}`);
  return know(endpoint, Table);
}

function know(endpoint: string, table: Described): Schema {
  const schema = {
    table: pairOf(table),
    indexes: Object.fromEntries((table.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, pairOf(index)])),
    types: Object.fromEntries(table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType])),
  };
  schemas.set(placeOf(endpoint, table.TableName), schema);
  return schema;
}

const placeOf = (endpoint: string, table: string) => `${endpoint} ${table}`;

interface Keyed {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}
interface Described extends Keyed {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly (Keyed & { readonly IndexName: string })[];
}

/** The partition key comes first (API reference, KeySchemaElement). */
const pairOf = ({ KeySchema: [partition, sort] }: Keyed): KeyPair => ({
  partition: partition?.AttributeName ?? '',
  sort: sort?.AttributeName,
});

function post(endpoint: string, headers: Record<string, string>, body: Buffer) {
  return new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>((resolve, reject) => {
    const sent = request(endpoint, { method: 'POST', headers, agent: false }, (response) => {
      const status = response.statusCode ?? 500;
      const headers = response.headers as Record<string, string>;
      buffer(response).then((body) => resolve({ status, headers, body }), reject);
    });
    sent.on('error', reject).end(body);
  });
}

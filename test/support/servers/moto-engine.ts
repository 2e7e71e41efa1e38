#!/usr/bin/env node
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

// Stands where the embedded engine is started as a program: what is asked of its port goes to the moto at MOTO_SERVER, as an account that
// nobody else uses. A data file is the name of an account too, so that it is the same one after a restart.
const { port, 'db-path': file } = parseArgs({
  options: { port: { type: 'string' }, 'db-path': { type: 'string' } },
}).values;
const digest = createHash('sha256')
  .update(file ?? randomUUID())
  .digest('hex');
const account = String(BigInt(`0x${digest}`) % 1_000_000_000_000n).padStart(12, '0');

// By its file a data folder is known as one.
if (file !== undefined) appendFileSync(file, '');

// One request after the other: moto does not isolate one from another beside it, and puts back the whole table where it refuses a transaction.
let queue = Promise.resolve();
createServer((incoming, response) => {
  if (incoming.method === 'GET') response.end();
  else queue = queue.then(() => forward(incoming, response)).catch(() => void response.destroy());
}).listen(Number(port), '127.0.0.1');

async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  // As with the embedded engine, any Region will do.
  const authorization = incoming.headers.authorization?.replace(/[^/]+\/dynamodb\//, 'eu-west-1/dynamodb/');
  const headers = { ...incoming.headers, authorization, 'x-moto-account-id': account };
  const sent = request(String(process.env.MOTO_SERVER), { method: 'POST', headers }).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 500, answer.headers).end(await buffer(answer));
}

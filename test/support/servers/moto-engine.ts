#!/usr/bin/env node
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
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

createServer((incoming, response) => {
  if (incoming.method === 'GET') return response.end();
  // As with the embedded engine, any Region will do.
  const authorization = incoming.headers.authorization?.replace(/[^/]+\/dynamodb\//, 'eu-west-1/dynamodb/');
  const headers = { ...incoming.headers, authorization, 'x-moto-account-id': account };
  const forwarded = request(String(process.env.MOTO_SERVER), { method: 'POST', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  forwarded.on('error', () => response.destroy());
  return incoming.pipe(forwarded);
}).listen(Number(port), '127.0.0.1');

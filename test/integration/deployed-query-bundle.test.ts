import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESSES } from '../../lambda/dynamodb/tables.ts';
import { bundle } from '../../lib/bundling/bundle.ts';
import { createTable } from '../../local/create-tables.ts';
import { settingsOf } from '../support/command/asked-trail.ts';
import { startGuardedDynamoDb } from '../support/dynamodb/guard.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { apiGatewayEvent } from '../support/servers/api-gateway-event.ts';
import type { LoopbackServer } from '../support/servers/loopback-server.ts';

/** Runs the bundle as Lambda does: imports the handler and invokes it with each event. */
const INVOKE = `
  const [path, ...events] = process.argv.slice(1);
  const { handler } = await import(path);
  for (const event of events) console.log(JSON.stringify(await handler(JSON.parse(event), {})));
`;

describe('the bundle of the query function', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-query-'));
  let trail: RecordedTrail;
  let dynamodb: LoopbackServer;

  beforeAll(async () => {
    await bundle('lambda/query/handler.ts', folder);
    trail = await RecordedTrail.start();
    dynamodb = await startGuardedDynamoDb(trail.tables.endpoint);
    trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] };
    await trail.recordTimes(1);
    await createTable(trail.tables.client, settingsOf(trail).ACCESSES_TABLE, ACCESSES);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all([trail.close(), dynamodb.close()]);
  });

  it('answers the events of the API from the store', async () => {
    const settings = Object.entries(settingsOf(trail)).map(([name, value]) => [name, String(value)]);
    const events = [apiGatewayEvent('/connections', 'user=alice.example.com'), apiGatewayEvent('/openapi.json')];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', INVOKE, join(folder, 'index.mjs'), ...events.map((event) => JSON.stringify(event))],
      {
        env: {
          ...Object.fromEntries(settings),
          AWS_REGION: 'eu-central-1',
          AWS_ACCESS_KEY_ID: 'any',
          AWS_SECRET_ACCESS_KEY: 'any',
          AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
        },
      },
    );
    const [connections, document] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(connections).toMatchObject({ statusCode: 200 });
    expect(JSON.parse(connections.body)).toMatchObject({ connections: [{ connectionId: 'cvpn-connection-0a' }] });
    expect(JSON.parse(document.body)).toMatchObject({ openapi: '3.1.0' });
    expect(await trail.scan(settingsOf(trail).ACCESSES_TABLE)).toHaveLength(1);
  });

  it('has no client of EC2 in it', () => {
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts.some((text) => text.includes('client-dynamodb'))).toBe(true);
    expect(texts.filter((text) => /client-ec2|DescribeClientVpnConnectionsCommand/.test(text))).toEqual([]);
  });
});

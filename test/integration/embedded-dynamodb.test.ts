import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DescribeTimeToLiveCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { CONNECTIONS, SNAPSHOTS } from '../../lambda/dynamodb/tables.ts';
import { createTable } from '../../local/create-tables.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { findEngine } from '../../local/engine-binary.ts';
import { startTestApi } from '../support/servers/api-server.ts';
import { loopbackClient } from '../support/servers/embedded-dynamodb.ts';

const folder = mkdtempSync(join(tmpdir(), 'embedded-dynamodb-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the embedded DynamoDB', () => {
  it('has, after a restart, what was written to its file', async () => {
    const file = join(folder, 'kept.sqlite');
    const first = await startEmbeddedDynamoDb({ file });
    const Item = { endpointId: 'cvpn-endpoint-1', slot: '2026-01-01T00:00:00Z' };
    await withClient(first.endpoint, async (client) => {
      await createTable(client, 'Snapshots', SNAPSHOTS);
      await documentClient(client).send(new PutCommand({ TableName: 'Snapshots', Item }));
    });
    await first.close();
    const second = await startEmbeddedDynamoDb({ file });
    await withClient(second.endpoint, async (client) => {
      const found = await documentClient(client).send(new GetCommand({ TableName: 'Snapshots', Key: Item }));
      expect(found.Item).toEqual(Item);
    });
    await second.close();
  });

  it('ends with its owner, also when that is killed with -9', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, '../support/servers/engine-owner.ts')]);
    const [said] = (await once(owner.stdout, 'data')) as [Buffer];
    const { hostname, port } = new URL(said.toString().trim());
    const toEngine = connect(Number(port), hostname);
    await once(toEngine, 'connect');
    // Its end closes the connection, or resets it.
    const closed = new Promise((resolve) => toEngine.on('error', () => undefined).once('close', resolve));
    owner.kill('SIGKILL');
    toEngine.resume();
    await closed;
    await expect(fetch(said.toString().trim())).rejects.toThrow('fetch failed');
  });

  it('says what to do where the platform has no engine', () => {
    expect(() => findEngine({ platform: 'darwin', arch: 'arm64', path: folder })).toThrow(
      /darwin arm64.*@dynoxide\/darwin-arm64.*PATH, from .*releases or by "cargo install dynoxide-rs"; or set AWS_ENDPOINT_URL_DYNAMODB/s,
    );
  });

  it('passes on the words of an engine that does not start', async () => {
    const starting = startEmbeddedDynamoDb({ file: join(folder, 'missing', 'file.sqlite') });
    await expect(starting).rejects.toThrow(/did not start: .*unable to open database file/);
  });

  it('does not wait for a program that is none', async () => {
    const starting = startEmbeddedDynamoDb({ program: join(folder, 'nothing-here') });
    await expect(starting).rejects.toThrow(/did not start: .*not found/);
  });
});

describe('the tables in it', () => {
  const NAMED = { Snapshots: SNAPSHOTS, Connections: CONNECTIONS };
  let engine: EmbeddedDynamoDb;
  let client: DynamoDBClient;
  beforeAll(async () => {
    engine = await startEmbeddedDynamoDb({});
    client = loopbackClient(engine.endpoint);
    for (const [name, definition] of Object.entries(NAMED)) await createTable(client, name, definition);
  });
  afterAll(async () => {
    client.destroy();
    await engine.close();
  });

  it('have the keys and indexes of the definition that is deployed, each index with whole items', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Connections' }));
    const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
      name: IndexName,
      partitionKey: KeySchema?.[0]?.AttributeName,
      sortKey: KeySchema?.[1]?.AttributeName,
      projection: Projection?.ProjectionType,
    }));
    expect(Table?.KeySchema).toEqual([{ AttributeName: CONNECTIONS.partitionKey, KeyType: 'HASH' }]);
    expect(indexes).toEqual(CONNECTIONS.indexes.map((index) => ({ ...index, projection: 'ALL' })));
  });

  it.each(Object.keys(NAMED))('%s expires items by the attribute of the definition', async (TableName) => {
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  });

  it('are left as they are when they exist', async () => {
    const Item = { connectionId: 'cvpn-connection-1' };
    await documentClient(client).send(new PutCommand({ TableName: 'Connections', Item }));
    await createTable(client, 'Connections', CONNECTIONS);
    const found = await documentClient(client).send(new GetCommand({ TableName: 'Connections', Key: Item }));
    expect(found.Item).toEqual(Item);
  });
});

it('needs no permission but to describe a table that exists', async () => {
  await using server = await startTestApi(({ headers }) =>
    headers['x-amz-target'] === 'DynamoDB_20120810.DescribeTable'
      ? { json: { Table: {} } }
      : { status: 400, json: { __type: 'AccessDeniedException' } },
  );
  await withClient(server.url, async (client) => {
    await expect(createTable(client, 'Snapshots', SNAPSHOTS)).resolves.toBeUndefined();
  });
});

async function withClient(endpoint: string, use: (client: DynamoDBClient) => Promise<void>): Promise<void> {
  const client = loopbackClient(endpoint);
  await use(client);
  client.destroy();
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type AttributeValue, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { ACCESSES, CONNECTIONS, SNAPSHOTS } from '../../lambda/dynamodb/tables.ts';
import { createTable } from '../../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { findEngine } from '../../local/engine-binary.ts';
import { dynamoDbClient, OPTIONS } from '../trail.ts';
import type { CompanyHistory, Visit } from './history.ts';
import { projectVisit } from './projected.ts';
import type { Recording } from './recording.ts';

/** The trail's three tables in an engine of their own. */
export interface LoadedStore {
  readonly client: DynamoDBClient;
  /** Where it listens. */
  readonly endpoint: string;
  /** Ends the engine and deletes what it stored. */
  close(): Promise<void>;
}

export const ACCESSES_TABLE = 'Accesses';
/** Items a file of what the engine imports. */
const ITEMS_A_FILE = 20_000;

/** A connection's item as DynamoDB has it. */
export function storedItem(visit: Visit, recording: Recording): Record<string, AttributeValue> {
  return marshall(toConnectionItem(projectVisit(visit, recording), undefined), { removeUndefinedValues: true });
}

/**
 * Stores the connections of a history. The engine imports them in the form of DynamoDB's own exports, indexes included,
 * several times as fast as BatchWriteItem writes them; a million take about ten minutes and, in the temporary folder, 20 GB.
 */
export async function loadStore(history: CompanyHistory, say: (progress: string) => void): Promise<LoadedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bench-'));
  try {
    const schema = join(folder, 'schema.json');
    writeFileSync(schema, JSON.stringify({ Table: await describeConnections() }));
    const source = join(folder, 'export');
    writeExport(join(source, OPTIONS.CONNECTIONS_TABLE, 'data'), history, say);
    say('importing them');
    const output = join(folder, 'store.db');
    execFileSync(findEngine(), ['import', '--source', source, '--schema', schema, '--output', output], {
      stdio: 'ignore',
    });
    rmSync(source, { recursive: true });
    return await open(folder, output);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

async function open(folder: string, file: string): Promise<LoadedStore> {
  const engine = await startEmbeddedDynamoDb({ file });
  const client = dynamoDbClient(engine.endpoint);
  await createTable(client, OPTIONS.SNAPSHOTS_TABLE, SNAPSHOTS);
  await createTable(client, ACCESSES_TABLE, ACCESSES);
  return {
    client,
    endpoint: engine.endpoint,
    close: async () => {
      client.destroy();
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What DescribeTable says of the Connections table: the engine imports by it. */
async function describeConnections() {
  const engine = await startEmbeddedDynamoDb({});
  try {
    const client = dynamoDbClient(engine.endpoint);
    await createTable(client, OPTIONS.CONNECTIONS_TABLE, CONNECTIONS);
    return (await client.send(new DescribeTableCommand({ TableName: OPTIONS.CONNECTIONS_TABLE }))).Table;
  } finally {
    await engine.close();
  }
}

function writeExport(folder: string, { visits, recording }: CompanyHistory, say: (progress: string) => void): void {
  mkdirSync(folder, { recursive: true });
  for (let start = 0; start < visits.length; start += ITEMS_A_FILE) {
    say(`${start.toLocaleString('en')} connections made`);
    const lines = visits
      .slice(start, start + ITEMS_A_FILE)
      .map((visit) => `${JSON.stringify({ Item: storedItem(visit, recording) })}\n`);
    writeFileSync(join(folder, `${String(start).padStart(8, '0')}.json.gz`), gzipSync(lines.join(''), { level: 1 }));
  }
}

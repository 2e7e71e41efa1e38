import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toCheckpointItem } from '../../lambda/dynamodb/checkpoint-item.ts';
import { toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { toWatermarkItem } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { toHeadItem } from '../../lambda/dynamodb/head-item.ts';
import { chunkKey, manifestKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { CONNECTIONS, SNAPSHOTS } from '../../lambda/dynamodb/tables.ts';
import { anchorLog } from '../../lambda/recorder/anchor.ts';
import { appendSnapshot } from '../../lambda/recorder/append.ts';
import { projectLog } from '../../lambda/recorder/project.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, nodesCompletedBy, rootOf } from '../../lambda/trail/proof.ts';
import { manifestText, sortRows } from '../../lambda/trail/snapshot.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { createTable } from '../../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { findEngine } from '../../local/engine-binary.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { signerOf } from '../../local/signing-key.ts';
import { dynamoDbClient, OPTIONS } from '../trail.ts';
import { ENDPOINT, EVERY, FIRST, type LoadPlan, rowsAt } from './company.ts';
import { LogProjection, MemoryLog } from './memory-log.ts';

const ITEMS_A_FILE = 5_000;

/** Where a made trail lies. */
export interface MadeTrail {
  readonly database: string;
  readonly archive: string;
}

/** Makes a trail with the recorder's own code over memory, then stores it as it would have been stored. */
export async function makeTrail(folder: string, plan: LoadPlan, say: (text: string) => void): Promise<MadeTrail> {
  const [log, projection] = [new MemoryLog(), new LogProjection()];
  const archive = join(folder, 'archive');
  const signer = signerOf(generateKeyPairSync('ed25519').privateKey);
  const now = () => new Date(FIRST + plan.snapshots * EVERY * 60_000);
  for (let snapshot = 0; snapshot < plan.snapshots; snapshot++) {
    await append(log, plan, snapshot);
    if (snapshot % 1000 === 0) say(`${snapshot} of ${plan.snapshots} snapshots made`);
  }
  say('signing and archiving them');
  await anchorLog({ log: log.asPort(), archive: new FolderArchive(archive), signer, now }, ENDPOINT);
  say('projecting them');
  await projectLog({ log: log.asPort(), projection, now }, ENDPOINT);
  say('importing the items');
  return { archive, database: await store(folder, log, projection) };
}

async function append(log: MemoryLog, plan: LoadPlan, snapshot: number): Promise<void> {
  const at = toInstant(FIRST + snapshot * EVERY * 60_000);
  const rows = sortRows(rowsAt(plan, snapshot));
  const context = {
    accountId: '123456789012',
    region: OPTIONS.REGION,
    endpointId: ENDPOINT,
    slot: at,
    epsilonSeconds: OPTIONS.EPSILON_SECONDS,
    intervalMinutes: EVERY,
  };
  const capture = {
    rows,
    s: at,
    f: at,
    pages: 1,
    requestIds: [`request-${snapshot}`],
    connections: rows.length,
    unidentified: 0,
  };
  await appendSnapshot(log.asPort(), context, log.head, capture);
}

async function store(folder: string, log: MemoryLog, projection: LogProjection): Promise<string> {
  const source = join(folder, 'export');
  writeItems(join(source, OPTIONS.SNAPSHOTS_TABLE, 'data'), snapshotItems(log));
  writeItems(join(source, OPTIONS.CONNECTIONS_TABLE, 'data'), connectionItems(projection));
  const schema = join(folder, 'schema.json');
  writeFileSync(schema, JSON.stringify(await describeTables()));
  const database = join(folder, 'store.db');
  execFileSync(findEngine(), ['import', '--source', source, '--schema', schema, '--output', database], {
    stdio: 'ignore',
  });
  return database;
}

function* snapshotItems({ manifests, chunks, head, checkpoint }: MemoryLog): Generator<Record<string, unknown>> {
  let range = EMPTY_RANGE;
  for (const manifest of manifests) {
    const text = manifestText(manifest);
    const leaf = leafHash(text);
    const [, ...nodes] = nodesCompletedBy(range, leaf);
    range = appendLeaf(range, leaf);
    yield {
      ...manifestKey(ENDPOINT, manifest.slot),
      manifest: text,
      leafHash: leaf,
      root: rootOf(range),
      ...(nodes.length === 0 ? {} : { nodes: Buffer.concat(nodes) }),
    };
  }
  for (const [sha256, rows] of chunks) yield { ...chunkKey(ENDPOINT, sha256), rows };
  if (head) yield toHeadItem(head);
  if (checkpoint) yield toCheckpointItem(checkpoint);
}

function* connectionItems({ connections, watermark }: LogProjection): Generator<Record<string, unknown>> {
  for (const connection of connections.values()) yield toConnectionItem(connection, undefined);
  if (watermark) yield toWatermarkItem(watermark);
}

function writeItems(folder: string, items: Iterable<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true });
  let lines: string[] = [];
  let file = 0;
  const write = () => {
    const name = `${String(file++).padStart(6, '0')}.json.gz`;
    writeFileSync(join(folder, name), gzipSync(lines.join(''), { level: 1 }));
    lines = [];
  };
  for (const item of items) {
    const marshalled = marshall(item, { removeUndefinedValues: true });
    lines.push(
      `${JSON.stringify({ Item: marshalled }, (_, value: unknown) => (isBytes(value) ? toBase64(value) : value))}\n`,
    );
    if (lines.length === ITEMS_A_FILE) write();
  }
  write();
}

/** Buffer's own toJSON comes before a replacer sees it. */
type Bytes = Uint8Array | { readonly type: 'Buffer'; readonly data: readonly number[] };

function isBytes(value: unknown): value is Bytes {
  return (
    value instanceof Uint8Array ||
    (typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer')
  );
}

function toBase64(value: Bytes): string {
  return Buffer.from(value instanceof Uint8Array ? value : value.data).toString('base64');
}

async function describeTables() {
  const engine = await startEmbeddedDynamoDb({});
  try {
    const client = dynamoDbClient(engine.endpoint);
    await createTable(client, OPTIONS.SNAPSHOTS_TABLE, SNAPSHOTS);
    await createTable(client, OPTIONS.CONNECTIONS_TABLE, CONNECTIONS);
    const tables = [OPTIONS.SNAPSHOTS_TABLE, OPTIONS.CONNECTIONS_TABLE].map(
      async (TableName) => (await client.send(new DescribeTableCommand({ TableName }))).Table,
    );
    return (await Promise.all(tables)).map((Table) => ({ Table }));
  } finally {
    await engine.close();
  }
}

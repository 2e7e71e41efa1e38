import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { documentClient } from '../../../lambda/dynamodb/documents.ts';
import { ACCESSES, CONNECTIONS, SNAPSHOTS } from '../../../lambda/dynamodb/tables.ts';
import { FORMAT_VERSION, type Manifest, manifestText } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant } from '../../../lambda/trail/time.ts';
import { createTable } from '../../../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { findEngine } from '../../../local/engine-binary.ts';
import { loopbackClient, type MadeTables } from '../servers/embedded-dynamodb.ts';

const FIRST = '2025-11-23T00:00:00Z';
const ENDPOINT = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
const INTERVAL = 300;
const ITEMS_A_FILE = 20_000;

/** A log that was made up: a snapshot every five minutes, and gaps. */
export interface CoverageLog {
  readonly snapshots: number;
  readonly gaps: number;
}

/** Slot and time of a snapshot of a made-up log, by its number. */
export const slotOf = (entry: number): Instant => addSeconds(FIRST, entry * INTERVAL);

/** A store with a made-up log in it, imported as a whole: a year of snapshots takes seconds. */
export async function importLog(log: CoverageLog): Promise<Omit<MadeTables, 'snapshotsTable' | 'connectionsTable'>> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-coverage-'));
  const file = join(folder, 'store.db');
  try {
    writeFileSync(join(folder, 'schema.json'), JSON.stringify({ Table: await describeSnapshots() }));
    writeExport(join(folder, 'export', 'Snapshots', 'data'), log);
    const source = ['--source', join(folder, 'export'), '--schema', join(folder, 'schema.json')];
    execFileSync(findEngine(), ['import', ...source, '--output', file], { stdio: 'ignore' });
    const engine = await startEmbeddedDynamoDb({ file });
    const client = loopbackClient(engine.endpoint);
    const documents = documentClient(client);
    await createTable(client, 'Connections', CONNECTIONS);
    await createTable(client, 'Accesses', ACCESSES);
    const close = async () => {
      client.destroy();
      await engine.close();
      rmSync(folder, { recursive: true });
    };
    return { endpoint: engine.endpoint, client, documents, close };
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

async function describeSnapshots() {
  const engine = await startEmbeddedDynamoDb({});
  const client = loopbackClient(engine.endpoint);
  try {
    await createTable(client, 'Snapshots', SNAPSHOTS);
    return (await client.send(new DescribeTableCommand({ TableName: 'Snapshots' }))).Table;
  } finally {
    client.destroy();
    await engine.close();
  }
}

function writeExport(folder: string, log: CoverageLog): void {
  mkdirSync(folder, { recursive: true });
  const items = itemsOf(log);
  for (let start = 0; start < items.length; start += ITEMS_A_FILE) {
    const lines = items
      .slice(start, start + ITEMS_A_FILE)
      .map((item) => `${JSON.stringify({ Item: marshall(item) }, base64)}\n`);
    writeFileSync(join(folder, `${String(start).padStart(8, '0')}.json.gz`), gzipSync(lines.join(''), { level: 1 }));
  }
}

/** Bytes as DynamoDB's exports write them. */
function base64(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function itemsOf({ snapshots, gaps }: CoverageLog): Record<string, unknown>[] {
  const manifests = Array.from({ length: snapshots }, (_, entry) => manifestOf(entry));
  const newest = manifestOf(snapshots - 1);
  return [
    ...manifests.map((manifest) => ({
      endpointId: ENDPOINT,
      slot: manifest.slot,
      manifest: manifestText(manifest),
      leafHash: new Uint8Array(32),
      root: new Uint8Array(32),
    })),
    ...Array.from({ length: gaps }, (_, number) => gapOf(slotOf(Math.floor(((number + 1) * snapshots) / (gaps + 1))))),
    {
      endpointId: '#endpoints',
      slot: ENDPOINT,
      accountId: newest.accountId,
      region: newest.region,
      entry: newest.entry,
      lastSlot: newest.slot,
      s: newest.s,
      f: newest.f,
      coveredFromS: newest.s,
      firstSeenAt: FIRST,
      state: 'open',
      size: snapshots,
      hashes: new Uint8Array(0),
    },
  ];
}

function gapOf(start: Instant): Record<string, unknown> {
  return { endpointId: `${ENDPOINT}#gaps`, slot: start, end: addSeconds(start, INTERVAL), reasons: ['no-run'] };
}

function manifestOf(entry: number): Manifest {
  const slot = slotOf(entry);
  return {
    kind: 'snapshot',
    accountId: '123456789012',
    region: 'eu-central-1',
    endpointId: ENDPOINT,
    entry,
    slot,
    ...(entry === 0 ? {} : { previousSlot: slotOf(entry - 1), previousS: slotOf(entry - 1) }),
    epsilonSeconds: 120,
    s: slot,
    f: addSeconds(slot, 2),
    pages: 1,
    requestIds: ['11111111-2222-4333-8444-555555555555'],
    rows: 0,
    connections: 0,
    chunks: [],
    versions: { format: FORMAT_VERSION, recorder: '0' },
  };
}

/** Of the newest snapshot, as its projection leaves it. */
export function watermarkOf({ snapshots }: CoverageLog) {
  const { entry, slot, f } = manifestOf(snapshots - 1);
  return { endpointId: ENDPOINT, entry, slot, f, unlisted: [], noneOdd: true as const };
}

import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { toWatermarkItem } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { toCheckpointItem, toHeadItem } from '../../lambda/dynamodb/snapshot-items.ts';
import { chunkKey, manifestKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { MemoryProjection } from '../../lambda/export/daily/memory-projection.ts';
import { anchorLog } from '../../lambda/recorder/anchor.ts';
import { appendSnapshot } from '../../lambda/recorder/append.ts';
import { projectLog } from '../../lambda/recorder/project.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, nodesCompletedBy, rootOf } from '../../lambda/trail/proof.ts';
import { manifestText, sortRows } from '../../lambda/trail/snapshot.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { signerOf } from '../../local/signing-key.ts';
import { importTables } from '../import-tables.ts';
import { ENDPOINT } from '../rows.ts';
import { OPTIONS } from '../trail.ts';
import { BEGIN, EVERY_MINUTES, type LoadPlan, rowsOf } from './company.ts';
import { MemoryLog } from './memory-log.ts';

/**
 * Makes a trail with the recorder's own code over memory, then stores it as it would have been stored.
 *
 * @returns the folder of the archive, and the engine's file
 */
export async function makeTrail(folder: string, plan: LoadPlan, say: (text: string) => void) {
  const [log, projection] = [new MemoryLog(), new MemoryProjection({ readBefore: async () => new Map() })];
  const archive = join(folder, 'archive');
  const signer = signerOf(generateKeyPairSync('ed25519').privateKey);
  const now = () => new Date(BEGIN + plan.snapshots * EVERY_MINUTES * 60_000);
  for (let snapshot = 0; snapshot < plan.snapshots; snapshot++) {
    await appendSlot(log, plan, snapshot);
    if (snapshot % 1000 === 0) say(`${snapshot} of ${plan.snapshots} snapshots made`);
  }
  say('signing and archiving them');
  await anchorLog({ log: log.asPort(), archive: new FolderArchive(archive), signer, now }, ENDPOINT);
  say('projecting them');
  await projectLog({ log: log.asPort(), projection, now }, ENDPOINT);
  say('importing the items');
  const tables = {
    [OPTIONS.SNAPSHOTS_TABLE]: snapshotItems(log),
    [OPTIONS.CONNECTIONS_TABLE]: connectionItems(projection),
  };
  return { archive, database: await importTables(folder, tables) };
}

async function appendSlot(log: MemoryLog, plan: LoadPlan, snapshot: number): Promise<void> {
  const at = toInstant(BEGIN + snapshot * EVERY_MINUTES * 60_000);
  const rows = sortRows(rowsOf(plan, snapshot));
  const context = {
    accountId: '123456789012',
    region: OPTIONS.REGION,
    endpointId: ENDPOINT,
    slot: at,
    epsilonSeconds: OPTIONS.EPSILON_SECONDS,
    intervalMinutes: EVERY_MINUTES,
  };
  const capture = {
    rows,
    s: at,
    f: at,
    ownS: at,
    ownF: at,
    backwardsSeconds: 0,
    pages: 1,
    requestIds: [`request-${snapshot}`],
    connections: rows.length,
    unidentified: 0,
  };
  await appendSnapshot(log.asPort(), context, log.head, capture);
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

function* connectionItems({ changed, watermark }: MemoryProjection): Generator<Record<string, unknown>> {
  for (const connection of changed.values()) yield toConnectionItem(connection, undefined);
  if (watermark) yield toWatermarkItem(watermark);
}

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { DynamoDbEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { collectFindings } from '../../verification/findings.ts';
import { verifyTrail } from '../../verification/verify-trail.ts';
import { sayMeasured } from '../measuring.ts';
import { ENDPOINT } from '../rows.ts';
import { dynamoDbClient, OPTIONS } from '../trail.ts';

/**
 * A process that does one thing over a made trail and says what it took: `verify`; `read`, the same items and objects; or
 * `hash`, which also unpacks what it reads and hashes it.
 */
const [what, dynamoDb = '', folder = ''] = process.argv.slice(2);
const store = new DynamoDbEvidence(documentClient(dynamoDbClient(dynamoDb)), {
  snapshotsTable: OPTIONS.SNAPSHOTS_TABLE,
  connectionsTable: OPTIONS.CONNECTIONS_TABLE,
});
const archive = new FolderArchive(folder);

async function verify(): Promise<void> {
  const findings = collectFindings(() => undefined);
  await verifyTrail({ store, archive, findings, now: () => new Date() }, { keys: [] });
  if (findings.faults.length > 0)
    throw new Error(`the made trail has faults: ${JSON.stringify(findings.faults.slice(0, 3))}`);
}

async function read(use: (gzip: Uint8Array) => void): Promise<void> {
  const manifests: Manifest[] = [];
  for await (const item of store.readEntries(ENDPOINT)) manifests.push(JSON.parse(String(item.manifest)) as Manifest);
  for (const { chunks } of manifests) {
    const found = await store.readChunks(
      ENDPOINT,
      chunks.map(({ sha256 }) => sha256),
    );
    for (const { rows } of found.values()) use(rows as Uint8Array);
  }
  for await (const key of archive.list('')) {
    const bytes = await archive.get(key);
    if (bytes && key.endsWith('.gz')) use(bytes);
  }
  for await (const items of store.scanConnections()) if (items.length === 0) break;
}

const hash = (gzip: Uint8Array) => {
  createHash('sha256').update(gunzipSync(gzip)).digest();
};

const WORK: Readonly<Record<string, () => Promise<void>>> = {
  verify,
  read: () => read(() => undefined),
  hash: () => read(hash),
};

await sayMeasured(async () => WORK[what ?? '']?.());

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { archiveFolder } from '../../local/open-archive.ts';
import { signingKeyFile } from '../../local/signing-key.ts';
import { type SimulatedClientVpn, startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import type { World } from '../../local/simulated-client-vpn/world.ts';
import { holdTrail } from '../../local/trail-store.ts';
import { ask } from '../support/command/asked-api.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { readEvidence, readTrail } from '../support/recording/trail-contents.ts';

const ROWS = 220;
/** What AWS does not tell yet is kept in the evidence. A chunk has at most 3,000,000 characters. */
const LONG_ELEMENT = 'x'.repeat(14_100);
const CHUNKS = 2;
const SLOT = new Date('2026-03-11T09:30:00Z');
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled');
const RECORDER = join(import.meta.dirname, '../support/command/killed-recorder.ts');

/**
 * At which write of its own each run is killed: before it is sent, while it is on its way, or after it was answered; or when so
 * many objects were archived. The writes of a run that finds nothing are two chunks and the commit; then two chunks, the manifest,
 * the key and the checkpoint are archived, and the store notes the checkpoint. Those of a run after that are connections and,
 * every 2,000, the watermark.
 */
const BEFORE_COMMIT = ['before 1', 'after 1', 'before 1', 'after 1', 'before 2', 'after 2', 'before 3'];
const COMMIT = 'after 3';
const WHILE_ARCHIVING = ['archived 1', 'archived 3', 'archived 4', 'archived 5', 'before 1', 'after 1'];
const AFTER_COMMIT = ['before 2', 'after 30', 'sent 35', 'before 40', 'sent 39', 'after 50'];

type Item = Record<string, unknown>;

let data: string;
let ec2: SimulatedClientVpn;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'kill-nine-'));
  ec2 = await startSimulatedClientVpn({ world: crowd(), now: () => SLOT });
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(signingKeyFile(data), key, { mode: 0o600 });
});
afterAll(async () => {
  await ec2.close();
  rmSync(data, { recursive: true });
});

it('loses nothing that was committed when it is killed twenty times with -9, and mends the rest', async () => {
  expect([...BEFORE_COMMIT, COMMIT, ...WHILE_ARCHIVING, ...AFTER_COMMIT]).toHaveLength(20);
  const committed = await killedTwentyTimes();
  expect(await recorded()).toMatchObject({ signal: null, failures: [] });
  const { items, connections, newestRows } = await readTrail(data);
  // What a run does last is to note how AWS describes the endpoint, and the log in the trail's.
  const isLast = ({ endpointId, slot }: Item) => endpointId === '#trail' || String(slot).endsWith('#description');
  expect(items.snapshots.filter((item) => !isLast(item))).toEqual(committed);
  expect(items.snapshots.filter(({ endpointId }) => endpointId === '#trail')).toHaveLength(2);
  expect([...newestRows.values()]).toEqual([crowd().connections('', SLOT)]);
  expect(connections).toHaveLength(ROWS);
  await expectSoundFolder();
  // Each connection is what the log says of it; tables and archive hold what is signed, and nothing else.
  const { out } = await ask('http://127.0.0.1:9', ['verify', '--data', data, '--output', 'json']);
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'proven',
    faults: [],
    counts: { entries: 1, anchored: 1, verified: CHUNKS, compared: ROWS },
  });
});

/** @returns the evidence, which the kills after its commit have not touched */
async function killedTwentyTimes(): Promise<Record<string, unknown>[]> {
  for (const kill of BEFORE_COMMIT) {
    expect(await recorded(kill)).toMatchObject({ signal: 'SIGKILL' });
    const { snapshots, projected } = await readEvidence(data);
    expect({ kill, manifests: manifestsIn(snapshots), projected }).toEqual({ kill, manifests: 0, projected: 0 });
  }
  expect(await recorded(COMMIT)).toMatchObject({ signal: 'SIGKILL' });
  const committed = await readEvidence(data);
  expect(manifestsIn(committed.snapshots)).toBe(1);
  expect(committed.snapshots.filter(({ slot }) => slot === 'chunk')).toHaveLength(CHUNKS);
  for (const kill of WHILE_ARCHIVING) {
    expect({ kill, ...(await recorded(kill)) }).toMatchObject({ kill, signal: 'SIGKILL' });
    const { snapshots, projected } = await readEvidence(data);
    expect(snapshots.filter(({ endpointId }) => endpointId !== '#checkpoints')).toEqual(committed.snapshots);
    // The checkpoint is noted when all that it covers is archived, and the projection comes after it.
    expect({ kill, noted: snapshots.length - committed.snapshots.length }).toEqual({
      kill,
      noted: Number(kill === 'after 1'),
    });
    expect(projected).toBe(0);
  }
  const archived = await readEvidence(data);
  await expectSoundFolder();
  let before = 0;
  for (const kill of AFTER_COMMIT) {
    expect(await recorded(kill)).toMatchObject({ signal: 'SIGKILL' });
    const { snapshots, projected } = await readEvidence(data);
    expect(snapshots).toEqual(archived.snapshots);
    expect(projected).toBeGreaterThanOrEqual(before + acknowledged(kill));
    before = projected;
  }
  return archived.snapshots;
}

async function expectSoundFolder(): Promise<void> {
  const store = await holdTrail(
    { data, snapshotsTable: 'Snapshots', connectionsTable: 'Connections', env: {} },
    'test',
  );
  try {
    const log = new DynamoDbSnapshotLog(store.documents, 'Snapshots');
    expect(await expectSoundArchive(log, new FolderArchive(archiveFolder(data)))).toEqual([1]);
  } finally {
    await store.close();
  }
}

function manifestsIn(snapshots: readonly Record<string, unknown>[]): number {
  return snapshots.filter(({ manifest }) => manifest !== undefined).length;
}

/** How many connections DynamoDB had acknowledged at the least; a run saves four watermarks at most. */
function acknowledged(kill: string): number {
  const [moment, write] = kill.split(' ');
  return moment === 'after' ? Math.max(0, Number(write) - 4) : 0;
}

/** Runs the recorder in a process of its own, to its end or to the write at which it is killed. */
async function recorded(kill = 'before 0'): Promise<{ signal: NodeJS.Signals | null; failures?: unknown[] }> {
  const child = spawn(process.execPath, [RECORDER, data, ec2.url, SLOT.toISOString(), ...kill.split(' ')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  });
  const [said, [, signal]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number, NodeJS.Signals | null]>,
  ]);
  return said === '' ? { signal } : { signal, ...(JSON.parse(said) as { failures: unknown[] }) };
}

/** One endpoint with connections of two chunks. */
function crowd(): World {
  const clientVpnEndpointId = 'cvpn-endpoint-0123456789abcdef0';
  const serverCertificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-4000-8000-000000000000';
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    clientVpnEndpointId,
    timestamp: '2026-03-11 09:30:00',
    connectionId: `cvpn-connection-${index.toString(16).padStart(17, '0')}`,
    connectionEstablishedTime: '2026-03-11 09:00:00',
    ingressBytes: String(index),
    egressBytes: String(index * 7),
    ingressPackets: '12',
    egressPackets: '34',
    clientIp: `10.8.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    commonName: `person-${index % 4000}.example.com`,
    status: { code: 'active' },
    connectionEndTime: '-',
    longElement: LONG_ELEMENT,
  }));
  return { endpoints: () => [{ clientVpnEndpointId, serverCertificateArn }], connections: () => rows };
}

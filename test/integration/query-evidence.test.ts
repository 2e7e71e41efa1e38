import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { manifestKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import type { ConnectionDetails } from '../../lambda/query/schemas/connection.ts';
import type { SnapshotAnswer, SnapshotsAnswer } from '../../lambda/query/schemas/trail.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { type Manifest, manifestText } from '../../lambda/trail/snapshot.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, endedRow } from '../support/recording/recorded-trail.ts';
import { configured, lists, useTrail } from '../support/recording/use-trail.ts';
import { allPages } from '../support/search/walked-pages.ts';

const ID = 'cvpn-connection-0a';
const alice = activeRow(ID, '2026-11-20 07:58:34');
const trail = useTrail({ [ALPHA]: [alice] });
const asked = useAskedTrail(trail);

const get = async <T>(path: string) => (await asked.ask<T>(path)).body;
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');

describe('one connection', () => {
  it('comes with the first and the last snapshot that hold it, and with where in them its row is', async () => {
    await trail.recordTimes(2);
    await lists(trail, { [ALPHA]: [endedRow(alice, '2026-11-20 08:11:00')] }).recordTimes(1);
    const { connection, snapshots, coverage } = await get<ConnectionDetails>(`/connections/${ID}`);
    expect(connection).toMatchObject({ connectionId: ID, endedAt: '2026-11-20T08:11:00Z', end: { kind: 'reported' } });
    expect(snapshots.map(({ slot, entry }) => ({ slot, entry }))).toEqual([
      { slot: '2026-11-20T08:05:00Z', entry: 0 },
      { slot: '2026-11-20T08:15:00Z', entry: 2 },
    ]);
    expect(coverage.complete).toBe(true);
    for (const { slot, chunkIndex, chunk } of snapshots) {
      const response = await asked.fetch(`/snapshots/${ALPHA}/${slot}/chunks/${chunkIndex}`);
      const lines = gunzipSync(await response.arrayBuffer());
      expect(sha256(lines)).toBe(chunk);
      expect(lines.toString()).toContain(ID);
    }
  });

  it('that is open has its counters and its last sight from the newest snapshot', async () => {
    await trail.recordTimes(1);
    await lists(trail, { [ALPHA]: [{ ...alice, ingressBytes: '777' }] }).recordTimes(1);
    const { connection, snapshots } = await get<ConnectionDetails>(`/connections/${ID}`);
    expect(connection).toMatchObject({ ingressBytes: 777, lastSeenAt: '2026-11-20T08:10:00Z' });
    expect(snapshots.map(({ entry }) => entry)).toEqual([0, 1]);
  });

  it('says of a snapshot whose rows have expired that they have', async () => {
    await configured(trail, { RETENTION: 1 }).recordTimes(1);
    trail.now = new Date('2026-11-22T08:00:00Z');
    await trail.recordTimes(1);
    trail.now = new Date('2026-11-22T08:06:00Z');
    const { snapshots } = await get<ConnectionDetails>(`/connections/${ID}`);
    expect(snapshots).toMatchObject([
      { entry: 0, expired: true },
      { entry: 1, chunkIndex: 0 },
    ]);
    expect(snapshots[0]).not.toHaveProperty('chunk');
  });
});

describe('the snapshots of an endpoint', () => {
  it('are its log, oldest first, in pages', async () => {
    await trail.recordTimes(5);
    const first = await get<SnapshotsAnswer>(`/snapshots?endpoint=${ALPHA}&limit=3`);
    expect(first.snapshots[0]).toEqual({
      slot: '2026-11-20T08:05:00Z',
      entry: 0,
      kind: 'snapshot',
      s: '2026-11-20T08:05:00Z',
      f: '2026-11-20T08:05:00Z',
      connections: 1,
      rows: 1,
      chunks: 1,
    });
    const second = await get<SnapshotsAnswer>(`/snapshots?endpoint=${ALPHA}&limit=3&cursor=${first.cursor}`);
    expect([...first.snapshots, ...second.snapshots].map(({ entry }) => entry)).toEqual([0, 1, 2, 3, 4]);
    expect(second).not.toHaveProperty('cursor');
  });

  it('are those of the window that is asked for, and nothing else that lies beside them', async () => {
    await trail.recordTimes(2);
    await trail.recordAfter(180);
    await trail.recordTimes(1);
    const window = 'since=2026-11-20T08:10:00Z&until=2026-11-20T11:10:00Z';
    const { snapshots, coverage } = await get<SnapshotsAnswer>(`/snapshots?endpoint=${ALPHA}&${window}`);
    expect(snapshots.map(({ slot }) => slot)).toEqual(['2026-11-20T08:10:00Z', '2026-11-20T11:10:00Z']);
    expect(coverage).toMatchObject({ complete: false, gaps: [{ reasons: ['no-run'] }] });
    const all = await get<SnapshotsAnswer>(`/snapshots?endpoint=${ALPHA}`);
    expect(all.snapshots.map(({ entry }) => entry)).toEqual([0, 1, 2, 3]);
  });
});

describe('the snapshots of an endpoint, asked for with their manifests', () => {
  const question = `/snapshots?endpoint=${ALPHA}&manifests=true`;

  it('have the bytes that were hashed with them; otherwise they have not', async () => {
    await trail.recordTimes(2);
    const { snapshots } = await get<SnapshotsAnswer>(question);
    const stored = await trail.items(ALPHA);
    expect(snapshots.map(({ canonical }) => canonical)).toEqual(stored.map(({ manifest }) => manifest));
    for (const other of [`/snapshots?endpoint=${ALPHA}`, `/snapshots?endpoint=${ALPHA}&manifests=false`]) {
      expect(JSON.stringify(await get<SnapshotsAnswer>(other))).not.toContain('canonical');
    }
    expect((await asked.fetch(`/snapshots?endpoint=${ALPHA}&manifests=yes`)).status).toBe(400);
  });

  it('come in pages that Lambda can hand over, each of them once', async () => {
    // Manifests of 126,000 connections have more; quotes are what grows most in JSON.
    const requestIds = Array.from({ length: 4000 }, (_, number) => `${number}${'"'.repeat(40)}`);
    await trail.recordTimes(12);
    for (const manifest of await trail.manifests()) await makeLarge(manifest, requestIds);
    const pages = await allPages(async (more) => {
      const text = await (await asked.fetch(`${question}&limit=1000${more}`)).text();
      expect(Buffer.byteLength(JSON.stringify({ body: text }))).toBeLessThan(6_000_000);
      return JSON.parse(text) as SnapshotsAnswer;
    });
    const entries = pages.flatMap(({ snapshots }) => snapshots.map(({ entry }) => entry));
    expect(entries).toEqual(Array.from({ length: 12 }, (_, entry) => entry));
    expect(pages.length).toBeGreaterThan(1);
  });
});

/** Puts a manifest of that many request ids in the place of one. */
async function makeLarge(manifest: Manifest, requestIds: readonly string[]): Promise<void> {
  const text = manifestText({ ...manifest, requestIds });
  const Item = { ...manifestKey(ALPHA, manifest.slot), manifest: text, leafHash: leafHash(text), root: leafHash(text) };
  await trail.tables.documents.send(new PutCommand({ TableName: trail.options.SNAPSHOTS_TABLE, Item }));
}

describe('a snapshot', () => {
  it('comes with the bytes that were hashed, so that anybody can hash them again', async () => {
    await trail.recordTimes(1);
    const answer = await get<SnapshotAnswer>(`/snapshots/${ALPHA}/2026-11-20T08:05:00Z`);
    expect(JSON.parse(answer.canonical)).toEqual(answer.manifest);
    expect(answer.leafHash).toBe(sha256(Buffer.from([0]), Buffer.from(answer.canonical)));
    // The tree of one leaf is that leaf (RFC 6962).
    expect(answer.root).toBe(answer.leafHash);
  });

  it('gives its chunks byte for byte as they are stored', async () => {
    await trail.recordTimes(1);
    const [manifest] = await trail.manifests();
    const reference = manifest?.chunks[0];
    const stored = reference && (await trail.log.readChunk(ALPHA, reference));
    const response = await asked.fetch(`/snapshots/${ALPHA}/2026-11-20T08:05:00Z/chunks/0`);
    expect(response.headers.get('Content-Type')).toBe('application/gzip');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(Buffer.from(stored ?? []))).toBe(true);
    expect(sha256(gunzipSync(bytes))).toBe(reference?.sha256);
  });

  it('whose rows have expired keeps its manifest, and says that the chunk has expired', async () => {
    await configured(trail, { RETENTION: 1 }).recordTimes(1);
    trail.now = new Date('2026-11-21T08:06:00Z');
    expect((await asked.fetch(`/snapshots/${ALPHA}/2026-11-20T08:05:00Z`)).status).toBe(200);
    const chunk = await asked.ask<{ detail: string }>(`/snapshots/${ALPHA}/2026-11-20T08:05:00Z/chunks/0`);
    expect(chunk).toMatchObject({ status: 404, body: { detail: expect.stringContaining('expired') } });
  });
});

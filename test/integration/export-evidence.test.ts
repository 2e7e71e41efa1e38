import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { chunkKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { checkpointObject, chunkObject, manifestObject } from '../../lambda/trail/archive.ts';
import { type Manifest, manifestText } from '../../lambda/trail/snapshot.ts';
import { FolderArchive } from '../../local/folder-archive.ts';
import { verifyExport } from '../../verification/exports/verify-export.ts';
import type { Fault } from '../../verification/findings.ts';
import { ExportedTrail, liveRows, overExpired } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';

/** Three snapshots in the middle. */
const RECORDINGS = 36;
const WINDOW = '--since 2026-11-20T10:02:00Z --until 2026-11-20T10:11:00Z';
const WORDS = `${WINDOW} --format ndjson --evidence`;

let exported: ExportedTrail;
let trail: RecordedTrail;
let manifests: Manifest[];

beforeAll(async () => {
  trail = Object.assign(await RecordedTrail.start(), { now: new Date('2026-11-20T09:00:00Z') });
  const early = activeRow('cvpn-connection-0early', '2026-11-20 08:03:00');
  const ended = activeRow('cvpn-connection-0ended', '2026-11-20 10:03:00');
  for (let recording = 0; recording < RECORDINGS; recording += 1) {
    const counters = { ingressBytes: String(recording) };
    const now = trail.now.toISOString();
    trail.rows = {
      [ALPHA]: [
        ...liveRows(20, (id) => activeRow(id, '2026-11-20 10:20:00', counters)).filter(() => now > '2026-11-20T10:20'),
        { ...early, ...counters },
        ...(now > '2026-11-20T10:03' && now < '2026-11-20T11:30'
          ? [now < '2026-11-20T10:30' ? ended : endedRow(ended, '2026-11-20 10:29:00')]
          : []),
      ],
      [BETA]: [],
    };
    await trail.recordAfter(5);
  }
  manifests = await trail.manifests();
  exported = await ExportedTrail.over(trail, { isStill: true });
});
afterEach(() => exported.clear());
afterAll(() => exported.close());

function entryAt(slot: string): Manifest {
  const found = manifests.find((manifest) => manifest.slot === slot);
  if (!found) throw new Error(`no entry at ${slot}`);
  return found;
}

/** What `cvpn-audit verify` finds wrong with it, with the public key alone. */
async function faultsOf(name: string, of = exported): Promise<Fault[]> {
  const faults: Fault[] = [];
  const findings = { fault: (fault: Fault) => void faults.push(fault), progress: () => undefined };
  const place = {
    file: of.path(name),
    signed: of.manifest(name),
    evidence: new FolderArchive(of.path(`${name}.evidence`)),
    now: () => trail.now,
  };
  const publicKeys = [await trail.signer.publicKey()];
  await verifyExport(place, { publicKeys } as never, findings as never);
  return faults;
}

describe('the evidence of an export', () => {
  it('is the stretch around the window, and single entries for what was first or last seen elsewhere', async () => {
    const { code, said } = await exported.export('x.ndjson', WORDS);
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/x\.ndjson\.evidence: \d+ snapshots, \d+ chunks that prove it\./),
    ]);
    const stretch = manifests.filter(({ slot }) => slot >= '2026-11-20T10:00:00Z' && slot <= '2026-11-20T10:15:00Z');
    const newest = manifests.at(-1);
    const others = [entryAt('2026-11-20T09:05:00Z'), entryAt('2026-11-20T10:35:00Z'), ...(newest ? [newest] : [])];
    const { evidence } = exported.manifest('x.ndjson').manifest;
    expect(evidence).toMatchObject([
      {
        endpointId: ALPHA,
        first: stretch[0]?.entry,
        size: (stretch.at(-1)?.entry ?? 0) + 1,
        others: others.map(({ entry }) => ({ entry })),
      },
      { endpointId: BETA, first: stretch[0]?.entry, others: [] },
    ]);
    const beta = (await trail.manifests(BETA)).slice(stretch[0]?.entry, (stretch.at(-1)?.entry ?? 0) + 1);
    const expected = [
      ...[...stretch, ...others, ...beta].flatMap((manifest) => [
        manifestObject(manifest.endpointId, manifest.entry),
        ...manifest.chunks.map(({ sha256 }) => chunkObject(manifest.endpointId, manifest.slot, sha256)),
      ]),
      checkpointObject(ALPHA, RECORDINGS),
      checkpointObject(BETA, RECORDINGS),
    ];
    expect(exported.files('x.ndjson.evidence')).toEqual([...new Set(expected)].sort());
    expect(await faultsOf('x.ndjson')).toEqual([]);
  });

  it('is byte for byte what the archive has', async () => {
    await exported.export('x.ndjson', WORDS);
    for (const name of exported.files('x.ndjson.evidence')) {
      const bytes = exported.bytes(`x.ndjson.evidence/${name}`);
      const archived = await trail.archive.get(name);
      expect([name, bytes.equals(archived ?? Buffer.alloc(0))]).toEqual([name, true]);
      expect(statSync(exported.path(`x.ndjson.evidence/${name}`)).mode & 0o077).toBe(0);
    }
    const [chunk = ''] = exported.files('x.ndjson.evidence').filter((name) => name.endsWith('.gz'));
    const lines = gunzipSync(exported.bytes(`x.ndjson.evidence/${chunk}`));
    expect(chunk).toContain(createHash('sha256').update(lines).digest('hex'));
    const text = exported.bytes(`x.ndjson.evidence/${manifestObject(ALPHA, 12)}`).toString();
    expect(text).toBe(manifestText(manifests[12] as Manifest));
  });

  it('begins with the log where nothing was recorded before, and ends with it where nothing is later', async () => {
    const { code } = await exported.export(
      'x.csv',
      `--since 2026-11-20T07:00:00Z --endpoint ${BETA} --format csv --evidence`,
    );
    expect(code).toBe(4);
    expect(exported.manifest('x.csv').manifest.evidence).toMatchObject([
      { endpointId: BETA, first: 0, size: RECORDINGS, left: [] },
    ]);
    expect(await faultsOf('x.csv')).toEqual([]);
  });

  it('finds its beginning however long ago the last snapshot was', async () => {
    await exported.export('x.csv', '--since 2026-12-20T00:00:00Z --until 2026-12-20T01:00:00Z --format csv --evidence');
    expect(exported.manifest('x.csv').manifest.evidence).toMatchObject([
      { first: RECORDINGS - 1, size: RECORDINGS },
      { first: RECORDINGS - 1, size: RECORDINGS },
    ]);
  });

  it.each([
    ['by address, of the endpoints that may have it', '--ip 172.31.0.225', [ALPHA, BETA]],
    ['by endpoint, of that one', `--endpoint ${ALPHA}`, [ALPHA]],
  ])('of an export %s', async (_, words, endpointIds) => {
    await exported.export('x.csv', `${WINDOW} ${words} --format csv --evidence`);
    const { evidence, checkpoints } = exported.manifest('x.csv').manifest;
    expect(evidence?.map(({ endpointId }) => endpointId)).toEqual(endpointIds);
    expect(checkpoints.map(({ endpointId }) => endpointId)).toEqual(endpointIds);
  });

  it('leaves out what has expired, and says how much', async () => {
    const other = await overExpired();
    onTestFinished(() => other.close());
    const { said } = await other.export('x.csv', '--since 2026-11-20T08:06:00Z --format csv --evidence');
    expect(said).toContain("2 chunks more had expired under the trail's retention: their rows cannot be proven.");
    expect(other.files('x.csv.evidence').filter((name) => name.startsWith('chunks/'))).toHaveLength(1);
    expect(other.files('x.csv.evidence').filter((name) => name.startsWith('manifests/'))).toHaveLength(3);
  });

  it('is not whole without a chunk that should be there, or with another one: nothing is signed', async () => {
    const other = await RecordedTrail.start();
    for (const ingressBytes of ['1', '2']) {
      other.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 08:01:00', { ingressBytes })] };
      await other.recordAfter(5);
    }
    const tampered = await ExportedTrail.over(other);
    const chunk = (await other.manifests())[0]?.chunks[0];
    const key = { TableName: other.options.SNAPSHOTS_TABLE, Key: chunkKey(ALPHA, chunk?.sha256 ?? '') };
    const words = '--since 2026-11-20T08:06:00Z --format csv --evidence';
    onTestFinished(() => tampered.close());
    await other.tables.documents.send(
      new PutCommand({ TableName: key.TableName, Item: { ...key.Key, rows: gzipSync('{"connectionId":"x"}\n') } }),
    );
    const changed = await tampered.export('x.csv', words);
    expect([changed.code, changed.said]).toEqual([
      1,
      expect.stringContaining('is not the one that its manifest names'),
    ]);
    await other.tables.documents.send(new DeleteCommand(key));
    expect((await tampered.export('x.csv', words)).code).toBe(1);
    expect(tampered.files().filter((name) => !name.includes('/'))).toEqual([
      'x.csv.part',
      'x.csv.part.json',
      'x.csv.part.out',
    ]);
  });

  it('is tied to one checkpoint, also where the log goes on meanwhile', async () => {
    const moving = await ExportedTrail.over(trail);
    let recorded = 0;
    moving.way.onAnswer = async ({ target }) => {
      if (/^\/checkpoints\/.*from=/.test(target) && recorded < 2) {
        recorded += 1;
        await trail.recordAfter(5);
      }
    };
    const { code } = await moving.export('x.ndjson', WORDS);
    expect([code, recorded]).toEqual([0, 2]);
    expect(await faultsOf('x.ndjson', moving)).toEqual([]);
    const checkpoints = moving.files('x.ndjson.evidence').filter((name) => name.startsWith('checkpoints/'));
    expect(checkpoints).toEqual([checkpointObject(ALPHA, RECORDINGS + 2), checkpointObject(BETA, RECORDINGS + 2)]);

    const open = await moving.export(
      'open.ndjson',
      `--since 2026-11-20T11:50:00Z --until 2026-11-20T23:00:00Z --format ndjson --evidence`,
    );
    expect(open.code).toBe(4);
    expect(moving.manifest('open.ndjson').manifest.evidence?.[0]?.size).toBe(RECORDINGS + 2);
    expect(await faultsOf('open.ndjson', moving)).toEqual([]);
    await moving.close();
  });

  it('cannot be had while nothing is recorded of an endpoint, which is named; of the others it can', async () => {
    const gamma = 'cvpn-endpoint-0cccccccccccccccc';
    await trail.log.putDescription(gamma, { clientCidrBlock: '10.0.0.0/22' });
    const moving = await ExportedTrail.over(trail);
    const refused = await moving.export('x.ndjson', WORDS);
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining(`Nothing has been recorded of ${gamma}`) });
    const { code } = await moving.export('others.ndjson', `${WORDS} --endpoint ${ALPHA} --endpoint ${BETA}`);
    expect(code).toBe(0);
    expect(await faultsOf('others.ndjson', moving)).toEqual([]);
    await moving.close();
  });
});

import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { RFC9162 } from '@transmute/rfc9162';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointAnswer, ProofAnswer } from '../../lambda/query/schemas/evidence.ts';
import type { Problem } from '../../lambda/query/schemas/trail.ts';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import { verifyInclusion } from '../../lambda/trail/merkle-proofs.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { parseVerifierKey } from '../../lambda/trail/signed-note.ts';
import { ANALYST, AskedTrail, settingsOf } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { makeUpLog, slotsApart, storeLog } from '../support/tampering/made-up-log.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';

let trail: RecordedTrail;
let asked: AskedTrail;
let requests: number;

beforeEach(async () => {
  trail = await RecordedTrail.start();
  requests = 0;
  asked = await AskedTrail.over(trail, { onRead: () => (requests += 1) });
  trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] };
});
afterEach(() => trail.close());

async function get<T>(path: string): Promise<T> {
  const { status, body } = await asked.ask<T>(path);
  asked.throwHidden();
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}
const proofOf = (slot: string) => get<ProofAnswer>(`/snapshots/${ALPHA}/${slot}/proof`);
const refused = async (path: string) => (await asked.ask<Problem>(path)).body;
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const hash = (text: string) => Uint8Array.from(bytes(text));

/** Changes an item of the log, behind the recorder's back. */
async function change(slot: string, changed: Record<string, unknown>, partition = ALPHA): Promise<void> {
  const item = (await trail.items(partition)).find((one) => one.slot === slot);
  const Item = { ...item, ...changed };
  await trail.tables.documents.send(new PutCommand({ TableName: trail.options.SNAPSHOTS_TABLE, Item }));
}

/** Checks a proof by our code and by one that is not ours, against the root that is signed. */
async function expectProof(proof: ProofAnswer, text: string): Promise<void> {
  const key = parseVerifierKey(proof.verifierKey);
  const { size, root } = openCheckpoint(proof.checkpoint, originOf(ALPHA), [key.publicKey]);
  expect(proof).toMatchObject({ size, root: Buffer.from(root).toString('hex') });
  expect(key.publicKey).toEqual(Buffer.from(await trail.signer.publicKey()));
  const leaf = leafHash(text);
  expect(proof.leafHash).toBe(Buffer.from(leaf).toString('hex'));
  expect(verifyInclusion(leaf, proof.entry, size, proof.inclusion.map(bytes), root)).toBe(true);
  const theirs = { log_id: '', tree_size: size, leaf_index: proof.entry, inclusion_path: proof.inclusion.map(hash) };
  const theirLeaf = await RFC9162.leaf(new TextEncoder().encode(text));
  expect(await RFC9162.verifyInclusionProof(Uint8Array.from(root), theirLeaf, theirs)).toBe(true);
}

describe('the proof of a snapshot', () => {
  it('holds for every entry of logs of every size, also for verifiers of others', async () => {
    for (let size = 1; size <= 6; size++) {
      await trail.recordTimes(1);
      for (const { canonical, slot } of (await get<ListedSnapshots>(`/snapshots?endpoint=${ALPHA}&manifests=true`))
        .snapshots) {
        await expectProof(await proofOf(slot), canonical);
      }
    }
  });

  it('stands for itself as a text: place, path and checkpoint', async () => {
    await trail.recordTimes(3);
    const { proof, inclusion, checkpoint } = await proofOf('2026-11-20T08:10:00Z');
    const path = inclusion.map((text) => `${bytes(text).toString('base64')}\n`).join('');
    expect(inclusion).toHaveLength(2);
    expect(proof).toBe(`c2sp.org/tlog-proof@v1\nindex 1\n${path}\n${checkpoint}`);
    for (const [accept, given] of [
      ['text/plain', proof],
      ['text/plain, application/json;q=0.5', proof],
      ['*/*', undefined],
    ] as const) {
      const bare = await asked.fetch(`/snapshots/${ALPHA}/2026-11-20T08:10:00Z/proof`, ANALYST, { accept });
      expect([bare.headers.get('content-type'), await bare.text()]).toEqual(
        given ? ['text/plain; charset=utf-8', given] : ['application/json', expect.stringContaining('"inclusion"')],
      );
    }
    expect(checkpoint).toMatch(/^client-vpn-audit\/cvpn-endpoint-0a+\n3\n[^\n]{44}\n\n— client-vpn-audit\//);
  });

  it('of the only entry is empty', async () => {
    await trail.recordTimes(1);
    expect(await proofOf('2026-11-20T08:05:00Z')).toMatchObject({ entry: 0, size: 1, inclusion: [] });
  });

  it('is refused while nothing that is signed covers the snapshot, and says when it will be', async () => {
    await trail.recordTimes(1);
    const { checkpoint } = await get<CheckpointAnswer>(`/checkpoints/${ALPHA}`);
    const slots = slotsApart(3, () => 300);
    const log = await makeUpLog(ALPHA, slots, trail.signer);
    const first = await makeUpLog(ALPHA, slots.slice(0, 2), trail.signer);
    await storeLog(trail.tables.documents, trail.options.SNAPSHOTS_TABLE, { ...log, checkpoint: first.checkpoint });
    expect(checkpoint).not.toBe(first.checkpoint.note);
    expect(await refused(`/snapshots/${ALPHA}/${slots[2]}/proof`)).toMatchObject({
      type: '/problems/not-signed-yet',
      status: 404,
      detail: expect.stringContaining(
        `signed with the next run of the recorder; the newest checkpoint ends with ${slots[1]}`,
      ),
    });
  });

  it('is refused where there is no such snapshot', async () => {
    await trail.recordTimes(1);
    for (const path of [`${ALPHA}/2026-11-20T08:06:00Z`, `${ALPHA}/yesterday`, 'nobody/2026-11-20T08:05:00Z']) {
      expect(await refused(`/snapshots/${path}/proof`)).toMatchObject({ type: '/problems/snapshot-not-found' });
    }
  });

  it('is noted among the accesses', async () => {
    await trail.recordTimes(1);
    await proofOf('2026-11-20T08:05:00Z');
    expect(await trail.scan(settingsOf(trail).ACCESSES_TABLE)).toMatchObject([
      { question: `/snapshots/${ALPHA}/2026-11-20T08:05:00Z/proof`, rows: 1 },
    ]);
  });

  it('is made from the leaves where entries do not hold their nodes', async () => {
    await trail.recordTimes(8);
    const before = await proofOf('2026-11-20T08:30:00Z');
    for (const { slot, nodes } of await trail.items(ALPHA)) if (nodes) await change(slot, { nodes: undefined });
    expect(await proofOf('2026-11-20T08:30:00Z')).toEqual(before);
  });
});

interface ListedSnapshots {
  readonly snapshots: readonly { readonly slot: string; readonly canonical: string }[];
}

describe('where the store contradicts its checkpoint, nothing is answered but that:', () => {
  const zeros = Buffer.alloc(32);
  const CHANGES: Readonly<Record<string, () => Promise<unknown>>> = {
    'a node was replaced': () => change('2026-11-20T08:20:00Z', { nodes: Buffer.concat([zeros, zeros]) }),
    'a leaf hash was replaced': () => change('2026-11-20T08:10:00Z', { leafHash: zeros }),
    'a leaf hash is no hash': () => change('2026-11-20T08:10:00Z', { leafHash: 'none' }),
    'the manifest was changed': async () => {
      const manifest = (await trail.manifests())[0];
      await change('2026-11-20T08:05:00Z', { manifest: JSON.stringify({ ...manifest, rows: 0 }) });
    },
    'the manifest says the same in other bytes': async () => {
      const manifest = (await trail.manifests())[0];
      await change('2026-11-20T08:05:00Z', { manifest: ` ${JSON.stringify(manifest)}` });
    },
    'the manifest has another number': async () => {
      const manifest = (await trail.manifests())[0];
      await change('2026-11-20T08:05:00Z', { manifest: JSON.stringify({ ...manifest, entry: 500 }) });
    },
    "the checkpoint is another key's": async () =>
      change(ALPHA, { publicKey: await STRANGER.publicKey() }, '#checkpoints'),
    'the checkpoint is of another size': () => change(ALPHA, { size: 6 }, '#checkpoints'),
  };

  it.each(Object.entries(CHANGES))('%s', async (_, makeChange) => {
    await trail.recordTimes(7);
    await makeChange();
    expect(await refused(`/snapshots/${ALPHA}/2026-11-20T08:05:00Z/proof`)).toMatchObject({
      type: '/problems/store-contradicts-checkpoint',
      status: 500,
      detail: expect.stringContaining('Run cvpn-audit verify'),
    });
    expect(asked.errors).toHaveLength(1);
  });
});

describe('a long log', () => {
  it('is not read to prove one of its entries', async () => {
    const slots = slotsApart(1300, (entry) => (entry === 1234 ? 86_400 * 9 : entry % 50 === 0 ? 600 : 300));
    const log = await makeUpLog(ALPHA, slots, trail.signer);
    await storeLog(trail.tables.documents, trail.options.SNAPSHOTS_TABLE, log);
    for (const place of [0, 1, 511, 512, 1023, 1024, 1233, 1234, 1235, 1299]) {
      requests = 0;
      const entry = log.entries[place];
      await expectProof(await proofOf(entry?.slot ?? ''), entry?.text ?? '');
      expect(requests, `requests for ${place}`).toBeLessThan(40);
    }
    for (const size of [1, 1024, 1234, 1235, 1299, 1300]) {
      requests = 0;
      await get(`/checkpoints/${ALPHA}?from=${size}&range=${size}`);
      expect(requests, `requests for the first ${size}`).toBeLessThan(60);
    }
  });
});

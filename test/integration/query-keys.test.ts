import { createPublicKey } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { RFC9162 } from '@transmute/rfc9162';
import { describe, expect, it } from 'vitest';
import { toCheckpointItem } from '../../lambda/dynamodb/snapshot-items.ts';
import { trailEntryKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import type { CheckpointAnswer, KeysAnswer, TrailCheckpointAnswer } from '../../lambda/query/schemas/evidence.ts';
import type { Problem } from '../../lambda/query/schemas/trail.ts';
import { checkpointObject, manifestObject } from '../../lambda/trail/archive.ts';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import { EXPORT_KEY_NAME } from '../../lambda/trail/export-manifest.ts';
import { verifyConsistency, verifyInclusion } from '../../lambda/trail/merkle-proofs.ts';
import { leafHash, rootOf } from '../../lambda/trail/proof.ts';
import { fromSpki, parseVerifierKey } from '../../lambda/trail/signed-note.ts';
import { trailNameOf } from '../../lambda/trail/trail-log.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { makeUpLog, slotsApart } from '../support/tampering/made-up-log.ts';
import { RewrittenStore } from '../support/tampering/rewritten-store.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';

const trail = useTrail();
const asked = useAskedTrail(trail);

const get = async <T>(path: string) => (await asked.ask<T>(path)).body;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const roots = async () => (await trail.items(ALPHA)).map(({ root }) => Uint8Array.from(root as Uint8Array));

describe('the checkpoint of an endpoint', () => {
  it('is the newest that was signed, with the key for its signature', async () => {
    await trail.recordTimes(3);
    const answer = await get<CheckpointAnswer>(`/checkpoints/${ALPHA}`);
    const publicKey = await trail.signer.publicKey();
    const { origin, size, root } = openCheckpoint(answer.checkpoint, originOf(ALPHA), [publicKey]);
    expect(answer).toEqual({
      endpointId: ALPHA,
      origin,
      size,
      slot: '2026-11-20T08:15:00Z',
      root: hex(root),
      checkpoint: trail.archive.text(`checkpoints/${ALPHA}/0000000003`),
      publicKey: Buffer.from(publicKey).toString('base64'),
      verifierKey: expect.stringContaining(`${origin}+`),
    });
    expect(size).toBe(3);
    expect(hex((await roots())[2] ?? new Uint8Array())).toBe(answer.root);
    expect(hex(parseVerifierKey(answer.verifierKey).publicKey)).toBe(hex(publicKey));
  });

  it('proves that it goes on from every size before it, also for verifiers of others', async () => {
    await trail.recordTimes(9);
    const all = await roots();
    for (const [index, root] of all.entries()) {
      const from = index + 1;
      const answer = await get<CheckpointAnswer>(`/checkpoints/${ALPHA}?from=${from}`);
      const consistency = (answer.consistency?.hashes ?? []).map(bytes);
      expect(answer.consistency?.from).toBe(from);
      expect(verifyConsistency(from, root, 9, bytes(answer.root), consistency)).toBe(true);
      if (from === 9) continue;
      // Step 2 of RFC 9162, section 2.1.4.2, which this library leaves to its caller.
      const path = Number.isInteger(Math.log2(from)) ? [root, ...consistency] : consistency;
      const theirs = { log_id: '', tree_size_1: from, tree_size_2: 9, consistency_path: path };
      expect(await RFC9162.verifyConsistencyProof(root, bytes(answer.root), theirs)).toBe(true);
    }
    expect((await get<CheckpointAnswer>(`/checkpoints/${ALPHA}?from=0`)).consistency).toEqual({ from: 0, hashes: [] });
    expect((await get<CheckpointAnswer>(`/checkpoints/${ALPHA}?from=9`)).consistency?.hashes).toEqual([]);
  });

  it('gives the compact range of every beginning, from which its root follows', async () => {
    await trail.recordTimes(7);
    for (const [index, root] of (await roots()).entries()) {
      const { compactRange, consistency } = await get<CheckpointAnswer>(`/checkpoints/${ALPHA}?range=${index + 1}`);
      expect(compactRange?.size).toBe(index + 1);
      const hashes = (compactRange?.hashes ?? []).map(bytes);
      expect(hex(rootOf({ size: index + 1, hashes }))).toBe(hex(root));
      expect(consistency).toBeUndefined();
    }
    const empty = await get<CheckpointAnswer>(`/checkpoints/${ALPHA}?range=0`);
    expect(empty.compactRange).toEqual({ size: 0, hashes: [] });
  });

  it('proves nothing about what it does not cover', async () => {
    await trail.recordTimes(2);
    const { status, body } = await asked.ask<Problem>(`/checkpoints/${ALPHA}?from=3&range=4`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { parameter: 'from', given: '3', expected: 'a number of entries up to 2, which the newest checkpoint covers' },
      { parameter: 'range', given: '4', expected: 'a number of entries up to 2, which the newest checkpoint covers' },
    ]);
    for (const wrong of ['-1', '1.5', 'x', '']) {
      expect((await asked.fetch(`/checkpoints/${ALPHA}?from=${wrong}`)).status, `from=${wrong}`).toBe(400);
    }
  });

  it('is not answered for a beginning that the store tells otherwise', async () => {
    await trail.recordTimes(5);
    const third = (await trail.items(ALPHA))[2];
    const Item = { ...third, root: Buffer.alloc(32), leafHash: Buffer.alloc(32) };
    await trail.tables.documents.send(new PutCommand({ TableName: trail.options.SNAPSHOTS_TABLE, Item }));
    for (const parameter of ['from=3', 'range=3']) {
      const { status, body } = await asked.ask<Problem>(`/checkpoints/${ALPHA}?${parameter}`);
      expect({ status, type: body.type }).toEqual({ status: 500, type: '/problems/store-contradicts-checkpoint' });
    }
    expect(asked.errors.splice(0)).toHaveLength(2);
  });

  it('is refused while there is none, and where the endpoint is not recorded', async () => {
    trail.archive.putOnce = async () => Promise.reject(new Error('the archive is away'));
    await trail.recordTimes(1);
    const none = await asked.ask<Problem>(`/checkpoints/${ALPHA}`);
    expect(none).toMatchObject({ status: 404, body: { type: '/problems/not-signed-yet' } });
    for (const unknown of [BETA, '%23%20', 'x'.repeat(3000)]) {
      const { status, body } = await asked.ask<Problem>(`/checkpoints/${unknown}`);
      expect({ status, type: body.type }).toEqual({ status: 404, type: '/problems/endpoint-not-recorded' });
    }
  });
});

describe('the checkpoint of the trail’s own log', () => {
  const trailName = async () => trailNameOf(await trail.signer.publicKey());

  it('is the newest, and proves the entry that names all logs, whatever its size', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [] };
    for (let size = 1; size <= 9; size++) {
      await trail.recordAfter(5);
      const answer = await get<TrailCheckpointAnswer>('/checkpoints/trail');
      const { trail: name, root, checkpoint, entry, inclusion } = answer;
      expect(answer).toMatchObject({ trail: await trailName(), origin: originOf(name), size });
      expect(checkpoint).toBe(trail.archive.text(checkpointObject(name, size)));
      expect(entry).toBe(trail.archive.text(manifestObject(name, size - 1)));
      expect(verifyInclusion(leafHash(entry), size - 1, size, inclusion.map(bytes), bytes(root))).toBe(true);
      expect(hex(parseVerifierKey(answer.verifierKey).publicKey)).toBe(hex(await trail.signer.publicKey()));
    }
  });

  it('is the note alone, like that of an endpoint, for who accepts text', async () => {
    await trail.recordTimes(2);
    for (const [path, name] of [
      ['trail', await trailName()],
      [ALPHA, ALPHA],
    ] as const) {
      const answer = await asked.fetch(`/checkpoints/${path}`, undefined, { Accept: 'text/plain' });
      expect(await answer.text()).toBe(trail.archive.text(checkpointObject(name, 2)));
    }
  });

  it('is not to be had as that of an endpoint', async () => {
    await trail.recordTimes(1);
    const { status, body } = await asked.ask<Problem>(`/checkpoints/${await trailName()}`);
    expect({ status, type: body.type }).toEqual({ status: 404, type: '/problems/endpoint-not-recorded' });
  });

  it('is refused while there is none, and where the store contradicts it', async () => {
    trail.archive.putOnce = async () => Promise.reject(new Error('the archive is away'));
    await trail.recordTimes(1);
    const none = await asked.ask<Problem>('/checkpoints/trail');
    expect(none).toMatchObject({ status: 404, body: { type: '/problems/not-signed-yet' } });
  });

  it.each(['another entry', 'none'])('is refused where the store has %s', async (what) => {
    await trail.recordTimes(2);
    const store = new RewrittenStore(trail);
    if (what === 'none') await store.remove(trailEntryKey(1));
    else await store.put({ ...trailEntryKey(1), entry: trail.archive.text(manifestObject(await trailName(), 0)) });
    const { status, body } = await asked.ask<Problem>('/checkpoints/trail');
    expect({ status, type: body.type }).toEqual({ status: 500, type: '/problems/store-contradicts-checkpoint' });
    expect(asked.errors.splice(0)).toHaveLength(1);
  });
});

describe('the keys', () => {
  it('are none before anything is signed', async () => {
    expect(await get<KeysAnswer>('/keys')).toEqual({ keys: [] });
  });

  it('are those on the newest checkpoints, in every form, each with its logs', async () => {
    trail.rows = { [ALPHA]: [], [BETA]: [] };
    await trail.recordTimes(1);
    const publicKey = await trail.signer.publicKey();
    const { keys } = await get<KeysAnswer>('/keys');
    expect(keys).toMatchObject([{ algorithm: 'Ed25519', publicKey: Buffer.from(publicKey).toString('base64') }]);
    const [key] = keys;
    const der = createPublicKey(key?.pem ?? '').export({ type: 'spki', format: 'der' });
    expect(hex(fromSpki(der))).toBe(hex(publicKey));
    expect(parseVerifierKey(key?.exportVerifierKey ?? '')).toMatchObject({ name: EXPORT_KEY_NAME });
    expect(key?.logs.map(({ endpointId }) => endpointId)).toEqual([ALPHA, BETA]);
    for (const { endpointId, origin, verifierKey } of key?.logs ?? []) {
      expect(origin).toBe(originOf(endpointId));
      expect(parseVerifierKey(verifierKey).name).toBe(origin);
      expect(hex(parseVerifierKey(verifierKey).publicKey)).toBe(hex(publicKey));
    }
  });

  it('are several where one took the place of another', async () => {
    await trail.recordTimes(1);
    const { checkpoint } = await makeUpLog(
      BETA,
      slotsApart(2, () => 300),
      STRANGER,
    );
    const Item = toCheckpointItem(checkpoint);
    await trail.tables.documents.send(new PutCommand({ TableName: trail.options.SNAPSHOTS_TABLE, Item }));
    const { keys } = await get<KeysAnswer>('/keys');
    expect(keys.map(({ logs }) => logs.map(({ endpointId }) => endpointId))).toEqual([[ALPHA], [BETA]]);
    expect(keys[1]?.publicKey).toBe(Buffer.from(await STRANGER.publicKey()).toString('base64'));
  });
});

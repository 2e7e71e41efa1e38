import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkpointObject, fingerprintOf, KEYS, keyObject } from '../../lambda/trail/archive.ts';
import { originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { rootOf } from '../../lambda/trail/proof.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { pinned, STRANGER, tampering } from '../support/tampering/tampered-case.ts';
import { GAMMA } from '../support/tampering/tampered-names.ts';
import { richStory } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const K = 9;
const NOBODY = 'cvpn-endpoint-0ddddddddddddddd0';

const strangersKey = async () => keyObject(await STRANGER.publicKey());
const addKey = async (trail: TamperedTrail) => trail.write(await strangersKey(), toPem(await STRANGER.publicKey()));

describe('of the checkpoints in the archive', () => {
  async function signAgain(trail: TamperedTrail, entry: number): Promise<void> {
    const note = await trail.sign(ALPHA, trail.rangeOf(ALPHA, entry + 1), STRANGER);
    trail.write(checkpointObject(ALPHA, entry + 1), note);
  }
  async function signAllAgain(trail: TamperedTrail): Promise<void> {
    for (let entry = 0; entry < trail.lengthOf(ALPHA); entry++) await signAgain(trail, entry);
  }

  tampering('one with another root', ['archive checkpoint-changed alpha[9]'], (trail) => {
    const object = trail.checkpointObject(ALPHA, K);
    const lines = trail.archive.text(object).split('\n');
    trail.write(object, lines.with(2, Buffer.alloc(32, 7).toString('base64')).join('\n'));
  });
  tampering('one that is none any more', ['archive checkpoint-changed alpha[9]'], (trail) =>
    trail.write(trail.checkpointObject(ALPHA, K), 'x'),
  );
  tampering('the newest, changed', ['archive checkpoint-changed alpha[24]'], (trail) =>
    trail.write(trail.checkpointObject(ALPHA, -1), 'x'),
  );
  tampering('one that was removed', ['archive checkpoint-removed alpha[9]'], (trail) =>
    trail.erase(trail.checkpointObject(ALPHA, K)),
  );
  tampering('the newest three, removed', ['archive checkpoint-removed alpha[22]'], (trail) => {
    for (const entry of [-3, -2, -1]) trail.erase(trail.checkpointObject(ALPHA, entry));
  });
  tampering(
    'two, exchanged',
    ['archive checkpoint-changed alpha[9]', 'archive checkpoint-changed alpha[13]'],
    (trail) => trail.exchange(trail.checkpointObject(ALPHA, K), trail.checkpointObject(ALPHA, K + 4)),
  );
  tampering('an older one in place of the newest', ['archive checkpoint-changed alpha[24]'], (trail) =>
    trail.write(trail.checkpointObject(ALPHA, -1), trail.archive.text(trail.checkpointObject(ALPHA, K))),
  );
  tampering(
    'those of two logs, exchanged',
    ['archive checkpoint-changed alpha[9]', 'archive checkpoint-changed beta[9]'],
    (trail) => trail.exchange(trail.checkpointObject(ALPHA, K), trail.checkpointObject(BETA, K)),
  );
  tampering('one of a size far ahead, invented', ['archive checkpoint-added alpha[999999998]'], async (trail) => {
    const note = await trail.sign(ALPHA, { size: 999_999_999, hashes: [Buffer.alloc(32)] }, STRANGER);
    trail.write(checkpointObject(ALPHA, 999_999_999), note);
  });
  tampering('one signed by another key', ['archive checkpoint-of-another-key alpha[9]'], (trail) =>
    signAgain(trail, K),
  );
  tampering('all of a log, signed by another key', ['archive checkpoint-of-another-key alpha[0]'], signAllAgain);
  tampering(
    'all of a log, signed by another key that was added, with the right key named',
    ['archive key-added', 'archive checkpoint-of-another-key alpha[0]'],
    async (trail) => {
      await signAllAgain(trail);
      await addKey(trail);
    },
    pinned,
  );
});

describe('of the keys in the archive', () => {
  const ownKey = async (trail: TamperedTrail) => keyObject(await trail.signer.publicKey());

  tampering('one that was added, with the right one named', ['archive key-added'], addKey, pinned);
  tampering('one under the name of another', ['archive key-changed'], async (trail) =>
    trail.write(await ownKey(trail), toPem(await STRANGER.publicKey())),
  );
  tampering('one that is none any more', ['archive key-changed'], async (trail) =>
    trail.write(await ownKey(trail), 'x'),
  );
  tampering('one that was removed', ['archive key-missing'], async (trail) => trail.erase(await ownKey(trail)));
});

describe('a key that was changed, without --key,', () => {
  const copy = async () => (await richStory()).whole.copy();
  const names = async ({ signer }: TamperedTrail) =>
    [await STRANGER.publicKey(), await signer.publicKey()].map(fingerprintOf);

  /** Signs a log from an entry on as a recorder with a new key does. */
  async function changeKey(trail: TamperedTrail, from: number, countersigner?: typeof STRANGER): Promise<void> {
    await addKey(trail);
    for (let entry = from; entry < trail.lengthOf(ALPHA); entry++) {
      const range = trail.rangeOf(ALPHA, entry + 1);
      const signers = entry === from && countersigner ? [STRANGER, countersigner] : [STRANGER];
      const checkpoint = { origin: originOf(ALPHA), size: range.size, root: rootOf(range) };
      const note = await signCheckpoint(checkpoint, ...signers);
      trail.write(checkpointObject(ALPHA, range.size), note);
      if (range.size < trail.lengthOf(ALPHA)) continue;
      trail.change(trail.checkpointKey(ALPHA), { note, publicKey: await STRANGER.publicKey() });
    }
  }
  /** What is noted of the change, and of the logs that only one key has signed. */
  async function noted(trail: TamperedTrail, lawful: string): Promise<unknown[]> {
    const [to, from] = await names(trail);
    const change = `${ALPHA}: the key changed. ${to} signed first the checkpoint that ends with entry ${K} (${trail.manifest(ALPHA, K).slot}); before it ${from} signed, ${lawful}`;
    return [
      expect.stringContaining(change),
      ...[BETA, GAMMA].map((id) => `${id}: the key ${from} has signed all of it that was read.`),
    ];
  }

  it('is noted with both keys and the time, and accused of nothing', async () => {
    const trail = await copy();
    await changeKey(trail, K, trail.signer);
    expect(await trail.faults()).toEqual({ faults: [], notes: await noted(trail, 'which has countersigned it.') });
    const keys = [await trail.signer.publicKey(), await STRANGER.publicKey()];
    expect((await trail.faults({ keys })).faults).toEqual([]);
  });

  it('is noted without a word on what was not read, where only a window is verified', async () => {
    const trail = await copy();
    await changeKey(trail, K, trail.signer);
    const { faults, notes } = await trail.faults({ until: trail.manifest(ALPHA, K - 3).slot });
    expect(faults).toEqual([]);
    const [to, from] = await names(trail);
    const last = trail.lengthOf(ALPHA) - 1;
    expect(notes[0]).toMatch(
      new RegExp(
        `the key changed. ${to} signed the checkpoint that ends with entry ${last} .*; before it ${from} signed, whose last checkpoints`,
      ),
    );
  });

  it('and not countersigned by the old one, or by a third one, is noted as such', async () => {
    for (const countersigner of [undefined, signerOf(generateKeyPairSync('ed25519').privateKey)]) {
      const trail = await copy();
      await changeKey(trail, K, countersigner);
      const notes = await noted(
        trail,
        'which has not countersigned it: that this is lawful, who keeps the keys must say',
      );
      expect(await trail.faults()).toEqual({ faults: [], notes });
    }
  });

  it('with a forged signature of the old one is found', async () => {
    const trail = await copy();
    await changeKey(trail, K, trail.signer);
    const object = checkpointObject(ALPHA, K + 1);
    const wrong = await signCheckpoint({ origin: originOf(ALPHA), size: 1, root: Buffer.alloc(32) }, trail.signer);
    const [text] = trail.archive.text(object).split(/(?<=\n)(?=— )/);
    const own = trail.archive
      .text(object)
      .split('\n')
      .find((line) => line.startsWith('— '));
    trail.write(object, `${text}${text?.endsWith(`${own}\n`) ? '' : `${own}\n`}${wrong.split('\n\n')[1]}`);
    expect((await trail.faults()).faults).toEqual(['archive checkpoint-changed alpha[9]']);
  });

  it('is found by who names the old key alone', async () => {
    const trail = await copy();
    await changeKey(trail, K, trail.signer);
    expect((await trail.faults(await pinned(trail))).faults).toEqual([
      `archive checkpoint-of-another-key alpha[${K + 1}]`,
      'archive key-added',
      'store checkpoint-of-another-key alpha note',
    ]);
  });

  it('of which the log was signed from its first entry on is told from the others', async () => {
    const trail = await copy();
    await changeKey(trail, 0);
    const [other, own] = await names(trail);
    expect(await trail.faults()).toEqual({
      faults: [],
      notes: [
        [ALPHA, other],
        [BETA, own],
        [GAMMA, own],
      ].map(([id, key]) => `${id}: the key ${key} has signed all of it that was read.`),
    });
  });

  it('or only added, is noted', async () => {
    const trail = await copy();
    await addKey(trail);
    const [other] = await names(trail);
    const note = `The archive holds the key ${other}, which has signed no checkpoint of a log.`;
    expect(await trail.faults()).toEqual({ faults: [], notes: [note] });
  });
});

describe('of the objects in the archive', () => {
  for (const folder of ['', KEYS, 'manifests/', 'other/', `gaps/${NOBODY}/`, `chunks/${NOBODY}/2026-11-20/`])
    tampering(`the foreign ${folder}x`, ['archive object-added'], (trail) => trail.write(`${folder}x`, 'x'));

  for (const folder of ['manifests', 'checkpoints'])
    tampering(`a foreign one among the ${folder} of a log`, ['archive object-added alpha'], (trail) =>
      trail.write(`${folder}/${ALPHA}/note.txt`, 'x'),
    );
});

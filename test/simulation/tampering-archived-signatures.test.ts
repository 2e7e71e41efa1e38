import { describe } from 'vitest';
import { checkpointObject, KEYS, keyObject } from '../../lambda/trail/archive.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { pinned, STRANGER, tampering } from '../support/tampering/tampered-case.ts';
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
  tampering('all of a log, signed by another key that was added', ['archive key-added'], async (trail) => {
    await signAllAgain(trail);
    await addKey(trail);
  });
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

  tampering('one that was added', ['archive key-added'], addKey);
  tampering('one that was added, with the right one named', ['archive key-added'], addKey, pinned);
  tampering('one under the name of another', ['archive key-changed'], async (trail) =>
    trail.write(await ownKey(trail), toPem(await STRANGER.publicKey())),
  );
  tampering('one that is none any more', ['archive key-changed'], async (trail) =>
    trail.write(await ownKey(trail), 'x'),
  );
  tampering('one that was removed', ['archive key-missing'], async (trail) => trail.erase(await ownKey(trail)));
});

describe('of the objects in the archive', () => {
  for (const folder of ['', KEYS, 'manifests/', 'other/', `gaps/${NOBODY}/`, `chunks/${NOBODY}/2026-11-20/`])
    tampering(`the foreign ${folder}x`, ['archive object-added'], (trail) => trail.write(`${folder}x`, 'x'));

  for (const folder of ['manifests', 'checkpoints'])
    tampering(`a foreign one among the ${folder} of a log`, ['archive object-added alpha'], (trail) =>
      trail.write(`${folder}/${ALPHA}/note.txt`, 'x'),
    );
});

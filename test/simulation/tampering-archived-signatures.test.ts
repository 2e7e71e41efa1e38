import { afterAll, beforeAll, describe, it } from 'vitest';
import { checkpointObject, KEYS, keyObject } from '../../lambda/trail/archive.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { ALPHA, BETA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectFound, pinned, STRANGER, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const K = 9;
const NOBODY = 'cvpn-endpoint-0ddddddddddddddd0';

let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

const checkpoint = (trail: TamperedTrail, entry: number) => ({ ...trail.at(ALPHA, entry) });

async function signAgain(trail: TamperedTrail, entry: number): Promise<void> {
  const note = await trail.sign(ALPHA, trail.rangeOf(ALPHA, entry + 1), STRANGER);
  trail.write(checkpointObject(ALPHA, entry + 1), note);
}

async function signAllAgain(trail: TamperedTrail): Promise<void> {
  for (let entry = 0; entry < trail.lengthOf(ALPHA); entry++) await signAgain(trail, entry);
}

const strangersKey = async () => keyObject(await STRANGER.publicKey());
const addKey = async (trail: TamperedTrail) => trail.write(await strangersKey(), toPem(await STRANGER.publicKey()));

const CHECKPOINTS: Tampering[] = [
  {
    what: 'a checkpoint with another root',
    tamper: (trail) => {
      const object = trail.checkpointObject(ALPHA, K);
      const lines = trail.archive.text(object).split('\n');
      trail.write(object, lines.with(2, Buffer.alloc(32, 7).toString('base64')).join('\n'));
    },
    found: (trail) => [wrong('checkpoint-changed', 'archive', checkpoint(trail, K))],
  },
  {
    what: 'a checkpoint that is none any more',
    tamper: (trail) => trail.write(trail.checkpointObject(ALPHA, K), 'x'),
    found: (trail) => [wrong('checkpoint-changed', 'archive', checkpoint(trail, K))],
  },
  {
    what: 'the newest checkpoint, changed',
    tamper: (trail) => trail.write(trail.checkpointObject(ALPHA, -1), 'x'),
    found: (trail) => [wrong('checkpoint-changed', 'archive', checkpoint(trail, -1))],
  },
  {
    what: 'a checkpoint that was removed',
    tamper: (trail) => trail.erase(trail.checkpointObject(ALPHA, K)),
    found: (trail) => [wrong('checkpoint-removed', 'archive', checkpoint(trail, K))],
  },
  {
    what: 'the newest checkpoints, removed',
    tamper: (trail) => {
      for (const entry of [-3, -2, -1]) trail.erase(trail.checkpointObject(ALPHA, entry));
    },
    found: (trail) => [wrong('checkpoint-removed', 'archive', checkpoint(trail, -3))],
  },
  {
    what: 'two checkpoints, exchanged',
    tamper: (trail) => trail.exchange(trail.checkpointObject(ALPHA, K), trail.checkpointObject(ALPHA, K + 4)),
    found: (trail) => [
      wrong('checkpoint-changed', 'archive', checkpoint(trail, K)),
      wrong('checkpoint-changed', 'archive', checkpoint(trail, K + 4)),
    ],
  },
  {
    what: 'an older checkpoint in place of the newest',
    tamper: (trail) =>
      trail.write(trail.checkpointObject(ALPHA, -1), trail.archive.text(trail.checkpointObject(ALPHA, K))),
    found: (trail) => [wrong('checkpoint-changed', 'archive', checkpoint(trail, -1))],
  },
  {
    what: 'the checkpoints of two logs, exchanged',
    tamper: (trail) => trail.exchange(trail.checkpointObject(ALPHA, K), trail.checkpointObject(BETA, K)),
    found: (trail) => [
      wrong('checkpoint-changed', 'archive', trail.at(ALPHA, K)),
      wrong('checkpoint-changed', 'archive', trail.at(BETA, K)),
    ],
  },
  {
    what: 'a checkpoint of a size far ahead, invented',
    tamper: async (trail) => {
      const note = await trail.sign(ALPHA, { size: 999_999_999, hashes: [Buffer.alloc(32)] }, STRANGER);
      trail.write(checkpointObject(ALPHA, 999_999_999), note);
    },
    found: () => [wrong('checkpoint-added', 'archive', { endpointId: ALPHA, entry: 999_999_998 })],
  },
  {
    what: 'a checkpoint signed by another key',
    tamper: (trail) => signAgain(trail, K),
    found: (trail) => [wrong('checkpoint-of-another-key', 'archive', checkpoint(trail, K))],
  },
  {
    what: 'all checkpoints of a log, signed by another key',
    tamper: signAllAgain,
    found: (trail) => [wrong('checkpoint-of-another-key', 'archive', checkpoint(trail, 0))],
  },
  {
    what: 'all checkpoints of a log, signed by another key that was added',
    tamper: async (trail) => {
      await signAllAgain(trail);
      await addKey(trail);
    },
    found: () => [wrong('key-added', 'archive')],
  },
  {
    what: 'all checkpoints of a log, signed by another key that was added, with the right key named',
    tamper: async (trail) => {
      await signAllAgain(trail);
      await addKey(trail);
    },
    found: (trail) => [
      wrong('key-added', 'archive'),
      wrong('checkpoint-of-another-key', 'archive', checkpoint(trail, 0)),
    ],
    options: pinned,
  },
];

const ownKey = async (trail: TamperedTrail) => keyObject(await trail.signer.publicKey());

const KEY_OBJECTS: Tampering[] = [
  { what: 'a key that was added', tamper: addKey, found: () => [wrong('key-added', 'archive')] },
  {
    what: 'a key that was added, with the right one named',
    tamper: addKey,
    found: () => [wrong('key-added', 'archive')],
    options: pinned,
  },
  {
    what: 'a key under the name of another',
    tamper: async (trail) => trail.write(await ownKey(trail), toPem(await STRANGER.publicKey())),
    found: () => [wrong('key-changed', 'archive')],
  },
  {
    what: 'a key that is none any more',
    tamper: async (trail) => trail.write(await ownKey(trail), 'x'),
    found: () => [wrong('key-changed', 'archive')],
  },
  {
    what: 'a key that was removed',
    tamper: async (trail) => trail.erase(await ownKey(trail)),
    found: () => [wrong('key-missing', 'archive')],
  },
];

const OBJECTS: Tampering[] = [
  ...[
    'note.txt',
    `${KEYS}note.txt`,
    'manifests/note.txt',
    'other/note.txt',
    `gaps/${NOBODY}/x`,
    `chunks/${NOBODY}/2026-11-20/x`,
  ].map(
    (key): Tampering => ({
      what: `the foreign object ${key}`,
      tamper: (trail) => trail.write(key, 'x'),
      found: () => [wrong('object-added', 'archive')],
    }),
  ),
  ...['manifests', 'checkpoints'].map(
    (folder): Tampering => ({
      what: `a foreign object among the ${folder}`,
      tamper: (trail) => trail.write(`${folder}/${ALPHA}/note.txt`, 'x'),
      found: () => [wrong('object-added', 'archive', { endpointId: ALPHA })],
    }),
  ),
];

describe.each([
  ['checkpoints', CHECKPOINTS],
  ['keys', KEY_OBJECTS],
  ['objects', OBJECTS],
])('of the %s in the archive', (_, tamperings) => {
  it.each(tamperings.map((one) => [one.what, one] as const))(
    '%s is found, and nothing else is accused',
    (_what, tampering) => expectFound(tampering, whole, earlier),
  );
});

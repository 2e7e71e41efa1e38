import { gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { manifestKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { BOMB, NESTED, NO_NUMBERS, tampering } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

/** An entry in the middle, whose leaf completes a node of the tree. */
const K = 9;
const BYTES = Buffer.alloc(32, 7);
const EARLY = '2026-11-20T22:01:00Z';
const LATE = '2026-11-22T22:01:00Z';

describe('of the manifests in the store', () => {
  const put = (trail: TamperedTrail, manifest: string) => trail.change(trail.manifestKey(ALPHA, K), { manifest });
  const change = (trail: TamperedTrail, members: object) => put(trail, trail.manifestWith(ALPHA, K, members));
  const add = (trail: TamperedTrail, slot: string) =>
    trail.putManifest({ ...trail.manifest(ALPHA, K), slot }, trail.rangeOf(ALPHA, K));

  for (const [what, members] of [
    ['one that says something else', { rows: 3 }],
    ['one that claims to be a far entry', { entry: 1e9 }],
    ['one that claims another slot', { slot: '2026-11-20T22:44:00Z' }],
    ['one that claims another endpoint', { endpointId: BETA }],
  ] as const)
    tampering(what, [`store manifest-changed alpha[9] ${Object.keys(members).join()}`], (trail) =>
      change(trail, members),
    );
  tampering('one with its leaf hash', ['store manifest-changed alpha[9] connections'], (trail) => {
    const manifest = trail.manifestWith(ALPHA, K, { connections: 3 });
    trail.change(trail.manifestKey(ALPHA, K), { manifest, leafHash: leafHash(manifest) });
  });
  tampering('one that is none any more', ['store manifest-changed alpha[9]'], (trail) => put(trail, '{'));
  tampering('one that is the same but for white space', ['store manifest-changed alpha[9]'], (trail) =>
    put(trail, `${trail.manifestWith(ALPHA, K, {})} `),
  );
  for (const field of ['leafHash', 'root', 'nodes'])
    tampering(`the ${field} beside one`, [`store tree-changed alpha[9] ${field}`], (trail) =>
      trail.change(trail.manifestKey(ALPHA, K), { [field]: BYTES }),
    );
  tampering('nodes beside a leaf that completes none', ['store tree-changed alpha[8] nodes'], (trail) =>
    trail.change(trail.manifestKey(ALPHA, K - 1), { nodes: BYTES }),
  );
  for (const members of [
    { s: 'x' },
    { epsilonSeconds: Number.MAX_SAFE_INTEGER },
    { chunksExpireAt: Number.MAX_SAFE_INTEGER },
    { chunks: ['x'] },
    { requestIds: 1 },
  ])
    tampering(`one with ${JSON.stringify(members)}`, ['store manifest-changed alpha[9]'], (trail) =>
      change(trail, members),
    );
  tampering('one of JSON without end', ['store manifest-changed alpha[9]'], (trail) => put(trail, NESTED));
  for (const field of ['expiresAt', 'invented'])
    tampering(`one with an attribute ${field}`, [`store attribute-added alpha[9] ${field}`], (trail) =>
      trail.change(trail.manifestKey(ALPHA, K), { [field]: 1_800_000_000 }),
    );
  tampering('one that was removed', ['store manifest-removed alpha[9]'], (trail) =>
    trail.remove(trail.manifestKey(ALPHA, K)),
  );
  tampering('the first, removed', ['store manifest-removed alpha[0]'], (trail) =>
    trail.remove(trail.manifestKey(ALPHA, 0)),
  );
  tampering('several in a row, removed', ['store manifest-removed alpha[9]'], (trail) => {
    for (const entry of [K, K + 1, K + 2]) trail.remove(trail.manifestKey(ALPHA, entry));
  });
  tampering('the newest, removed', ['store tail-cut alpha[24]'], (trail) => trail.remove(trail.manifestKey(ALPHA, -1)));
  tampering(
    'an invented one, earlier than the one whose number it has',
    [`store manifest-added alpha[9]@${EARLY}`],
    (trail) => add(trail, EARLY),
  );
  tampering(
    'an invented one, later than the one whose number it has',
    [`store manifest-added alpha[9]@${LATE}`],
    (trail) => add(trail, LATE),
  );
  tampering('an invented item that is none', [`store manifest-added alpha@${EARLY}`], (trail) => {
    const key = manifestKey(ALPHA, EARLY);
    trail.snapshots.set(itemKey(key), { ...key, manifest: 'x' });
  });
  tampering(
    'two, exchanged',
    [
      'store manifest-misplaced alpha[9]@2026-11-20T23:05:00Z',
      'store manifest-misplaced alpha[13]@2026-11-20T22:45:00Z',
    ],
    (trail) => {
      const [one, other] = [trail.manifestKey(ALPHA, K), trail.manifestKey(ALPHA, K + 4)];
      const [{ slot: _, ...first } = {}, { slot: __, ...second } = {}] = [
        trail.snapshots.get(one),
        trail.snapshots.get(other),
      ];
      trail.change(one, { ...second, nodes: second.nodes });
      trail.change(other, { ...first, nodes: first.nodes });
    },
  );
  tampering('one over which another of the log was copied', ['store manifest-misplaced alpha[9]'], (trail) =>
    put(trail, trail.manifestWith(ALPHA, K + 1, {})),
  );
  tampering("one over which another log's was copied", ['store manifest-misplaced alpha[9]'], (trail) =>
    put(trail, trail.manifestWith(BETA, K, {})),
  );
});

describe('of the chunks in the store', () => {
  tampering('one of other lines', ['store chunk-changed alpha[2] chunk 0'], (trail) =>
    trail.change(trail.chunkKey(ALPHA, 2), { rows: gzipSync('{"connectionId":"x"}\n') }),
  );
  tampering('one that unpacks to more than a chunk holds', ['store chunk-changed alpha[2] chunk 0'], (trail) =>
    trail.change(trail.chunkKey(ALPHA, 2), { rows: BOMB }),
  );
  tampering('one with an attribute that it has not', ['store attribute-added alpha[2] chunk 0'], (trail) =>
    trail.change(trail.chunkKey(ALPHA, 2), { invented: 1 }),
  );
  for (const expiresAt of NO_NUMBERS)
    tampering(
      `one with the time to live ${String(expiresAt)}`,
      ['store chunk-expiry-changed alpha[2] chunk 0'],
      (trail) => trail.change(trail.chunkKey(ALPHA, 2), { expiresAt }),
    );
  tampering('one of bytes that are no gzip', ['store chunk-changed alpha[2] chunk 0'], (trail) =>
    trail.change(trail.chunkKey(ALPHA, 2), { rows: BYTES }),
  );
  tampering(
    'one that many snapshots rest on: told once, at the first,',
    ['store chunk-changed alpha[4] chunk 0'],
    (trail) => trail.change(trail.chunkKey(ALPHA, K), { rows: BYTES }),
  );
  tampering('the second of a snapshot, removed', ['store chunk-removed alpha[1] chunk 1'], (trail) =>
    trail.remove(trail.chunkKey(ALPHA, 1, 1)),
  );
  tampering(
    'two, exchanged',
    ['store chunk-changed alpha[1] chunk 1', 'store chunk-changed alpha[1] chunk 2'],
    (trail) => trail.exchangeMember(trail.chunkKey(ALPHA, 1, 1), trail.chunkKey(ALPHA, 1, 2), 'rows'),
  );
  tampering('one that was given a time to live', ['store chunk-expiry-changed alpha[2] chunk 0'], (trail) =>
    trail.change(trail.chunkKey(ALPHA, 2), { expiresAt: 1_800_000_000 }),
  );
});

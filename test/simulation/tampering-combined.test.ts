import { describe } from 'vitest';
import { leafHash } from '../../lambda/trail/proof.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { pinned, tampering } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { GAMMA, ID } from '../support/tampering/tampered-names.ts';
import {
  cutArchive,
  removeArchived,
  removeLog,
  restoreStore,
  rewriteConsistently,
} from '../support/tampering/tampered-whole.ts';

const K = 9;
const cut = (log: string, last: number) => [
  `store tail-cut ${log}[${last}]`,
  `store head-changed ${log} entry`,
  `store checkpoint-rolled-back ${log}`,
];
const cutAll = (place: string, ...more: string[]) =>
  ['alpha', 'beta', 'gamma', ...more].map((log) => `${place} tail-cut ${log}[0]`);

describe('tampering with whole trails and logs', () => {
  tampering(
    'an older state of both tables, put back: every tail is cut, with its head, checkpoint and connections',
    [...cut('alpha', 20), ...cut('beta', 20), 'store tail-cut trail[20]', 'store checkpoint-rolled-back trail'],
    restoreStore,
  );
  tampering(
    'the newest entries of the archive, removed with their checkpoints and chunks',
    ['archive tail-cut alpha[20]', 'archive tail-cut beta[20]', 'archive tail-cut trail[20]'],
    cutArchive,
  );
  tampering(
    'the newest entries, removed everywhere but for a chunk in the archive',
    ['archive object-added alpha'],
    (trail, older) => {
      restoreStore(trail, older);
      const left = trail.archive.objects.get(trail.chunkObject(ALPHA, -1));
      cutArchive(trail, older);
      trail.write(trail.chunkObject(ALPHA, -1), left ?? '');
    },
  );
  tampering(
    'a log that was rewritten consistently, signed by another key, with its projection',
    [
      'store manifest-changed alpha[2] chunks, rows',
      'store chunk-removed alpha[2] chunk 0',
      'store head-changed alpha hashes',
      'store checkpoint-of-another-key alpha note',
      'store connection-removed alpha bob',
    ],
    rewriteConsistently,
  );
  for (const table of ['snapshots', 'connections'] as const)
    tampering(`the table of the ${table}, deleted`, ['store table-removed'], (trail) => {
      trail.evidence[table] = undefined;
    });
  tampering('both tables, emptied', [...cutAll('store'), 'store log-removed trail'], (trail) => {
    trail.snapshots.clear();
    trail.connections.clear();
  });
  tampering('an archive that was emptied', ['archive key-missing', ...cutAll('archive', 'trail')], (trail) =>
    trail.archive.objects.clear(),
  );
  tampering(
    'an archive that was emptied, with the key named',
    cutAll('archive', 'trail'),
    (trail) => trail.archive.objects.clear(),
    pinned,
  );
  tampering('a log that was removed from the store', ['store tail-cut gamma[0]'], (trail) => {
    removeLog(trail, GAMMA);
    trail.remove(trail.watermarkKey(GAMMA));
    trail.remove(ID.ida);
  });
  tampering('a log that was removed from the archive', ['archive tail-cut gamma[0]'], (trail) =>
    removeArchived(trail, GAMMA),
  );
  tampering(
    'a log of which only the store’s checkpoint is left',
    ['store tail-cut gamma[0]@nowhere', 'archive tail-cut gamma[0]@nowhere'],
    (trail) => {
      const item = trail.snapshots.get(trail.checkpointKey(GAMMA)) ?? {};
      removeLog(trail, GAMMA);
      removeArchived(trail, GAMMA);
      trail.snapshots.set(itemKey(item), item);
      trail.remove(trail.watermarkKey(GAMMA));
      trail.remove(ID.ida);
    },
  );
  tampering(
    'a log that was removed everywhere but for its connections and their watermark',
    ['store connection-added beta', 'store log-removed beta'],
    (trail) => {
      removeLog(trail, BETA);
      removeArchived(trail, BETA);
    },
  );
});

describe('tampering with single things in several places at once', () => {
  tampering(
    'one manifest, changed alike in store and archive',
    ['store manifest-changed alpha[9]', 'archive manifest-changed alpha[9]'],
    (trail) => {
      const manifest = trail.manifestWith(ALPHA, K, { rows: 3 });
      trail.change(trail.manifestKey(ALPHA, K), { manifest });
      trail.write(trail.manifestObject(ALPHA, K), manifest);
    },
  );
  tampering(
    'one manifest, changed alike in store and archive, with its leaf hash: what follows is tied to no signature',
    ['store log-rewritten alpha[9]'],
    (trail) => {
      const manifest = trail.manifestWith(ALPHA, K, { rows: 3 });
      trail.change(trail.manifestKey(ALPHA, K), { manifest, leafHash: leafHash(manifest) });
      trail.write(trail.manifestObject(ALPHA, K), manifest);
    },
  );
  tampering(
    'one manifest, changed in the archive, whose checkpoint was removed: the next one tells which is right',
    ['archive manifest-changed alpha[9] rows', 'archive checkpoint-removed alpha[9]'],
    (trail) => {
      trail.write(trail.manifestObject(ALPHA, K), trail.manifestWith(ALPHA, K, { rows: 3 }));
      trail.erase(trail.checkpointObject(ALPHA, K));
    },
  );
  tampering(
    'one manifest, removed from store and archive',
    ['store manifest-removed alpha[9]@nowhere', 'archive manifest-removed alpha[9]@nowhere'],
    (trail) => {
      trail.remove(trail.manifestKey(ALPHA, K));
      trail.erase(trail.manifestObject(ALPHA, K));
    },
  );
  tampering(
    'a chunk, removed from store and archive: what it said of connections is not held against them',
    ['store chunk-removed alpha[2] chunk 0', 'archive chunk-removed alpha[2] chunk 0'],
    (trail) => {
      trail.remove(trail.chunkKey(ALPHA, 2));
      trail.erase(trail.chunkObject(ALPHA, 2));
    },
  );
  tampering(
    'many things',
    [
      'store manifest-changed alpha[9]',
      'store chunk-removed alpha[1] chunk 1',
      'store head-changed beta state',
      'store connection-removed gamma ida',
      'archive checkpoint-removed beta[3]',
    ],
    (trail) => {
      trail.change(trail.manifestKey(ALPHA, K), { manifest: '{' });
      trail.remove(trail.chunkKey(ALPHA, 1, 1));
      trail.change(trail.headKey(BETA), { state: 'closed' });
      trail.remove(ID.ida);
      trail.erase(trail.checkpointObject(BETA, 3));
    },
  );
});

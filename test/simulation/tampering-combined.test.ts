import { afterAll, beforeAll, describe, it } from 'vitest';
import { leafHash } from '../../lambda/trail/proof.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { ALPHA, BETA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectFound, pinned, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { GAMMA, ID, LATER, recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

import {
  cutArchive,
  removeArchived,
  removeLog,
  restoreStore,
  rewriteConsistently,
} from '../support/tampering/tampered-whole.ts';

const K = 9;
let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

const edit = (trail: TamperedTrail, entry: number, members: object) =>
  manifestText({ ...trail.manifest(ALPHA, entry), ...members });

const cut = (trail: TamperedTrail, endpointId: string) => [
  wrong('tail-cut', 'store', trail.at(endpointId, -LATER)),
  wrong('head-changed', 'store', { endpointId, field: 'entry' }),
  wrong('checkpoint-rolled-back', 'store', { endpointId }),
];

const COMBINED: Tampering[] = [
  {
    what: 'an older state of both tables, put back: every tail is cut, with its head, checkpoint and connections',
    tamper: restoreStore,
    found: (trail) => [...cut(trail, ALPHA), ...cut(trail, BETA)],
  },
  {
    what: 'the newest entries of the archive, removed with their checkpoints and chunks',
    tamper: cutArchive,
    found: (trail) => [ALPHA, BETA].map((id) => wrong('tail-cut', 'archive', trail.at(id, -LATER))),
  },
  {
    what: 'the newest entries, removed everywhere but for a chunk in the archive',
    tamper: (trail, older) => {
      restoreStore(trail, older);
      const left = trail.archive.objects.get(trail.chunkObject(ALPHA, -1));
      cutArchive(trail, older);
      trail.write(trail.chunkObject(ALPHA, -1), left ?? '');
    },
    found: () => [wrong('object-added', 'archive', { endpointId: ALPHA })],
  },
  {
    what: 'a log that was rewritten consistently, signed by another key, with its projection',
    tamper: rewriteConsistently,
    found: (trail) => [
      wrong('manifest-changed', 'store', { ...trail.at(ALPHA, 2), field: 'chunks, rows' }),
      wrong('chunk-removed', 'store', { ...trail.at(ALPHA, 2), field: trail.sha256(ALPHA, 2) }),
      wrong('head-changed', 'store', { endpointId: ALPHA, field: 'hashes' }),
      wrong('checkpoint-of-another-key', 'store', { endpointId: ALPHA, field: 'note' }),
      wrong('connection-removed', 'store', { endpointId: ALPHA, connectionId: ID.bob }),
    ],
  },
  {
    what: 'the table of the evidence, deleted',
    tamper: (trail) => {
      trail.store.snapshots = undefined;
    },
    found: () => [wrong('table-removed', 'store')],
  },
  {
    what: 'the table of the connections, deleted',
    tamper: (trail) => {
      trail.store.connections = undefined;
    },
    found: () => [wrong('table-removed', 'store')],
  },
  {
    what: 'both tables, emptied',
    tamper: (trail) => {
      trail.snapshots.clear();
      trail.connections.clear();
    },
    found: (trail) => [ALPHA, BETA, GAMMA].map((id) => wrong('tail-cut', 'store', trail.at(id, 0))),
  },
  {
    what: 'an archive that was emptied',
    tamper: (trail) => trail.archive.objects.clear(),
    found: (trail) => [
      wrong('key-missing', 'archive'),
      ...[ALPHA, BETA, GAMMA].map((id) => wrong('tail-cut', 'archive', trail.at(id, 0))),
    ],
  },
  {
    what: 'an archive that was emptied, with the key named',
    tamper: (trail) => trail.archive.objects.clear(),
    found: (trail) => [ALPHA, BETA, GAMMA].map((id) => wrong('tail-cut', 'archive', trail.at(id, 0))),
    options: pinned,
  },
  {
    what: 'a log that was removed from the store',
    tamper: (trail) => {
      removeLog(trail, GAMMA);
      trail.remove(trail.watermarkKey(GAMMA));
      trail.remove(ID.ida);
    },
    found: (trail) => [wrong('tail-cut', 'store', trail.at(GAMMA, 0))],
  },
  {
    what: 'a log that was removed from the archive',
    tamper: (trail) => removeArchived(trail, GAMMA),
    found: (trail) => [wrong('tail-cut', 'archive', trail.at(GAMMA, 0))],
  },
  {
    what: 'a log of which only the store’s checkpoint is left',
    tamper: (trail) => {
      const item = trail.snapshots.get(trail.checkpointKey(GAMMA)) ?? {};
      removeLog(trail, GAMMA);
      removeArchived(trail, GAMMA);
      trail.snapshots.set(itemKey(item), item);
      trail.remove(trail.watermarkKey(GAMMA));
      trail.remove(ID.ida);
    },
    found: () => [
      wrong('tail-cut', 'store', { endpointId: GAMMA, entry: 0 }),
      wrong('tail-cut', 'archive', { endpointId: GAMMA, entry: 0 }),
    ],
  },
  {
    what: 'a log that was removed everywhere but for its connections and their watermark',
    tamper: (trail) => {
      removeLog(trail, BETA);
      removeArchived(trail, BETA);
    },
    found: () => [wrong('connection-added', 'store', { endpointId: BETA })],
  },
  {
    what: 'one manifest, changed alike in store and archive',
    tamper: (trail) => {
      trail.change(trail.manifestKey(ALPHA, K), { manifest: edit(trail, K, { rows: 3 }) });
      trail.write(trail.manifestObject(ALPHA, K), edit(trail, K, { rows: 3 }));
    },
    found: (trail) => [
      wrong('manifest-changed', 'store', trail.at(ALPHA, K)),
      wrong('manifest-changed', 'archive', trail.at(ALPHA, K)),
    ],
  },
  {
    what: 'one manifest, changed alike in store and archive, with its leaf hash: what follows is tied to no signature',
    tamper: (trail) => {
      const manifest = edit(trail, K, { rows: 3 });
      trail.change(trail.manifestKey(ALPHA, K), { manifest, leafHash: leafHash(manifest) });
      trail.write(trail.manifestObject(ALPHA, K), manifest);
    },
    found: (trail) => [wrong('log-rewritten', 'store', trail.at(ALPHA, K))],
  },
  {
    what: 'one manifest, changed in the archive, whose checkpoint was removed: the next one tells which is right',
    tamper: (trail) => {
      trail.write(trail.manifestObject(ALPHA, K), edit(trail, K, { rows: 3 }));
      trail.erase(trail.checkpointObject(ALPHA, K));
    },
    found: (trail) => [
      wrong('manifest-changed', 'archive', { ...trail.at(ALPHA, K), field: 'rows' }),
      wrong('checkpoint-removed', 'archive', trail.at(ALPHA, K)),
    ],
  },
  {
    what: 'one manifest, removed from store and archive',
    tamper: (trail) => {
      trail.remove(trail.manifestKey(ALPHA, K));
      trail.erase(trail.manifestObject(ALPHA, K));
    },
    found: () => [
      wrong('manifest-removed', 'store', { endpointId: ALPHA, entry: K }),
      wrong('manifest-removed', 'archive', { endpointId: ALPHA, entry: K }),
    ],
  },
  {
    what: 'a chunk, removed from store and archive: what it said of connections is not held against them',
    tamper: (trail) => {
      trail.remove(trail.chunkKey(ALPHA, 2));
      trail.erase(trail.chunkObject(ALPHA, 2));
    },
    found: (trail) => {
      const chunk = { ...trail.at(ALPHA, 2), field: trail.sha256(ALPHA, 2) };
      return [wrong('chunk-removed', 'store', chunk), wrong('chunk-removed', 'archive', chunk)];
    },
  },
  {
    what: 'many things at once',
    tamper: (trail) => {
      trail.change(trail.manifestKey(ALPHA, K), { manifest: '{' });
      trail.remove(trail.chunkKey(ALPHA, 1, 1));
      trail.change(trail.headKey(BETA), { state: 'closed' });
      trail.remove(ID.ida);
      trail.erase(trail.checkpointObject(BETA, 3));
    },
    found: (trail) => [
      wrong('manifest-changed', 'store', trail.at(ALPHA, K)),
      wrong('chunk-removed', 'store', { ...trail.at(ALPHA, 1), field: trail.sha256(ALPHA, 1, 1) }),
      wrong('head-changed', 'store', { endpointId: BETA, field: 'state' }),
      wrong('connection-removed', 'store', { endpointId: GAMMA, connectionId: ID.ida }),
      wrong('checkpoint-removed', 'archive', trail.at(BETA, 3)),
    ],
  },
];

describe('tampering of several kinds at once', () => {
  it.each(COMBINED.map((one) => [one.what, one] as const))(
    '%s: is found, and nothing else is accused',
    (_what, tampering) => expectFound(tampering, whole, earlier),
  );
});

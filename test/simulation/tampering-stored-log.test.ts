import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { manifestKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { ALPHA, BETA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectFound, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

/** An entry in the middle, whose leaf completes a node of the tree. */
const K = 9;
const BYTES = Buffer.alloc(32, 7);

let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

const edit = (trail: TamperedTrail, entry: number, members: object) =>
  manifestText({ ...trail.manifest(ALPHA, entry), ...members });

const MANIFESTS: Tampering[] = [
  {
    what: 'a manifest that says something else',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: edit(trail, K, { rows: 3 }) }),
    found: (trail) => [wrong('manifest-changed', 'store', { ...trail.at(ALPHA, K), field: 'rows' })],
  },
  {
    what: 'a manifest with its leaf hash',
    tamper: (trail) => {
      const manifest = edit(trail, K, { connections: 3 });
      trail.change(trail.manifestKey(ALPHA, K), { manifest, leafHash: leafHash(manifest) });
    },
    found: (trail) => [wrong('manifest-changed', 'store', { ...trail.at(ALPHA, K), field: 'connections' })],
  },
  {
    what: 'a manifest that is none any more',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: '{' }),
    found: (trail) => [wrong('manifest-changed', 'store', trail.at(ALPHA, K))],
  },
  {
    what: 'a manifest that is the same but for white space',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: `${edit(trail, K, {})} ` }),
    found: (trail) => [wrong('manifest-changed', 'store', trail.at(ALPHA, K))],
  },
  {
    what: 'a manifest that claims to be a far entry',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: edit(trail, K, { entry: 1e9 }) }),
    found: (trail) => [wrong('manifest-changed', 'store', { ...trail.at(ALPHA, K), field: 'entry' })],
  },
  {
    what: 'a manifest that claims another slot',
    tamper: (trail) =>
      trail.change(trail.manifestKey(ALPHA, K), { manifest: edit(trail, K, { slot: '2026-11-20T22:44:00Z' }) }),
    found: (trail) => [wrong('manifest-changed', 'store', { ...trail.at(ALPHA, K), field: 'slot' })],
  },
  {
    what: 'a manifest that claims another endpoint',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: edit(trail, K, { endpointId: BETA }) }),
    found: (trail) => [wrong('manifest-changed', 'store', { ...trail.at(ALPHA, K), field: 'endpointId' })],
  },
  ...(['leafHash', 'root', 'nodes'] as const).map(
    (field): Tampering => ({
      what: `the ${field} beside a manifest`,
      tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { [field]: BYTES }),
      found: (trail) => [wrong('tree-changed', 'store', { ...trail.at(ALPHA, K), field })],
    }),
  ),
  {
    what: 'nodes beside a leaf that completes none',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K - 1), { nodes: BYTES }),
    found: (trail) => [wrong('tree-changed', 'store', { ...trail.at(ALPHA, K - 1), field: 'nodes' })],
  },
  {
    what: 'a manifest that was removed',
    tamper: (trail) => trail.remove(trail.manifestKey(ALPHA, K)),
    found: (trail) => [wrong('manifest-removed', 'store', trail.at(ALPHA, K))],
  },
  {
    what: 'the first manifest, removed',
    tamper: (trail) => trail.remove(trail.manifestKey(ALPHA, 0)),
    found: (trail) => [wrong('manifest-removed', 'store', trail.at(ALPHA, 0))],
  },
  {
    what: 'several manifests in a row, removed',
    tamper: (trail) => {
      for (const entry of [K, K + 1, K + 2]) trail.remove(trail.manifestKey(ALPHA, entry));
    },
    found: (trail) => [wrong('manifest-removed', 'store', trail.at(ALPHA, K))],
  },
  {
    what: 'the newest manifest, removed',
    tamper: (trail) => trail.remove(trail.manifestKey(ALPHA, -1)),
    found: (trail) => [wrong('tail-cut', 'store', trail.at(ALPHA, -1))],
  },
  {
    what: 'an invented manifest, earlier than the one whose number it has',
    tamper: (trail) => addManifest(trail, '2026-11-20T22:01:00Z'),
    found: () => [wrong('manifest-added', 'store', { endpointId: ALPHA, entry: K, slot: '2026-11-20T22:01:00Z' })],
  },
  {
    what: 'an invented manifest, later than the one whose number it has',
    tamper: (trail) => addManifest(trail, '2026-11-22T22:01:00Z'),
    found: () => [wrong('manifest-added', 'store', { endpointId: ALPHA, entry: K, slot: '2026-11-22T22:01:00Z' })],
  },
  {
    what: 'an invented item that is no manifest',
    tamper: (trail) => {
      const key = manifestKey(ALPHA, '2026-11-20T22:01:00Z');
      trail.snapshots.set(itemKey(key), { ...key, manifest: 'x' });
    },
    found: () => [wrong('manifest-added', 'store', { endpointId: ALPHA, slot: '2026-11-20T22:01:00Z' })],
  },
  {
    what: 'two manifests, exchanged',
    tamper: (trail) => {
      const [one, other] = [trail.manifestKey(ALPHA, K), trail.manifestKey(ALPHA, K + 4)];
      const [{ slot: _, ...first } = {}, { slot: __, ...second } = {}] = [
        trail.snapshots.get(one),
        trail.snapshots.get(other),
      ];
      trail.change(one, { ...second, nodes: second.nodes });
      trail.change(other, { ...first, nodes: first.nodes });
    },
    found: (trail) => [
      wrong('manifest-misplaced', 'store', { ...trail.at(ALPHA, K), slot: trail.at(ALPHA, K + 4).slot }),
      wrong('manifest-misplaced', 'store', { ...trail.at(ALPHA, K + 4), slot: trail.at(ALPHA, K).slot }),
    ],
  },
  {
    what: 'a manifest over which another of the log was copied',
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: edit(trail, K + 1, {}) }),
    found: (trail) => [wrong('manifest-misplaced', 'store', trail.at(ALPHA, K))],
  },
  {
    what: "a manifest over which another log's was copied",
    tamper: (trail) => trail.change(trail.manifestKey(ALPHA, K), { manifest: manifestText(trail.manifest(BETA, K)) }),
    found: (trail) => [wrong('manifest-misplaced', 'store', trail.at(ALPHA, K))],
  },
];

function addManifest(trail: TamperedTrail, slot: string): void {
  trail.putManifest({ ...trail.manifest(ALPHA, K), slot }, trail.rangeOf(ALPHA, K));
}

const chunk = (trail: TamperedTrail, entry: number, index = 0) => ({
  ...trail.at(ALPHA, entry),
  field: trail.sha256(ALPHA, entry, index),
});

const CHUNKS: Tampering[] = [
  {
    what: 'a chunk of other lines',
    tamper: (trail) => trail.change(trail.chunkKey(ALPHA, 2), { rows: gzipSync('{"connectionId":"x"}\n') }),
    found: (trail) => [wrong('chunk-changed', 'store', chunk(trail, 2))],
  },
  {
    what: 'a chunk of bytes that are no gzip',
    tamper: (trail) => trail.change(trail.chunkKey(ALPHA, 2), { rows: BYTES }),
    found: (trail) => [wrong('chunk-changed', 'store', chunk(trail, 2))],
  },
  {
    what: 'a chunk that many snapshots rest on: told once, at the first',
    tamper: (trail) => trail.change(trail.chunkKey(ALPHA, K), { rows: BYTES }),
    found: (trail) => [wrong('chunk-changed', 'store', chunk(trail, 4))],
  },
  {
    what: 'the second chunk of a snapshot, removed',
    tamper: (trail) => trail.remove(trail.chunkKey(ALPHA, 1, 1)),
    found: (trail) => [wrong('chunk-removed', 'store', chunk(trail, 1, 1))],
  },
  {
    what: 'two chunks, exchanged',
    tamper: (trail) => {
      const keys = [trail.chunkKey(ALPHA, 1, 1), trail.chunkKey(ALPHA, 1, 2)] as const;
      const [first, second] = keys.map((key) => trail.snapshots.get(key)?.rows);
      trail.change(keys[0], { rows: second });
      trail.change(keys[1], { rows: first });
    },
    found: (trail) => [
      wrong('chunk-changed', 'store', chunk(trail, 1, 1)),
      wrong('chunk-changed', 'store', chunk(trail, 1, 2)),
    ],
  },
  {
    what: 'a chunk that was given a time to live',
    tamper: (trail) => trail.change(trail.chunkKey(ALPHA, 2), { expiresAt: 1_800_000_000 }),
    found: (trail) => [wrong('chunk-expiry-changed', 'store', chunk(trail, 2))],
  },
];

describe.each([
  ['manifests', MANIFESTS],
  ['chunks', CHUNKS],
])('of the %s in the store', (_, tamperings) => {
  it.each(tamperings.map((one) => [one.what, one] as const))(
    '%s is found, and nothing else is accused',
    (_what, tampering) => expectFound(tampering, whole, earlier),
  );
});

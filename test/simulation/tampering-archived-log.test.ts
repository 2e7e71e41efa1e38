import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gapObject, manifestObject } from '../../lambda/trail/archive.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { ALPHA, BETA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectFound, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const K = 9;
const START = '2026-11-20T23:23:00Z';

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
    tamper: (trail) => trail.write(trail.manifestObject(ALPHA, K), edit(trail, K, { rows: 3 })),
    found: (trail) => [wrong('manifest-changed', 'archive', { ...trail.at(ALPHA, K), field: 'rows' })],
  },
  {
    what: 'a manifest that is none any more',
    tamper: (trail) => trail.write(trail.manifestObject(ALPHA, K), '{'),
    found: (trail) => [wrong('manifest-changed', 'archive', trail.at(ALPHA, K))],
  },
  {
    what: 'a manifest that claims a far entry',
    tamper: (trail) => trail.write(trail.manifestObject(ALPHA, K), edit(trail, K, { entry: 1e9 })),
    found: (trail) => [wrong('manifest-changed', 'archive', { ...trail.at(ALPHA, K), field: 'entry' })],
  },
  {
    what: 'a manifest that was removed',
    tamper: (trail) => trail.erase(trail.manifestObject(ALPHA, K)),
    found: (trail) => [wrong('manifest-removed', 'archive', trail.at(ALPHA, K))],
  },
  {
    what: 'a manifest of an entry far ahead, invented',
    tamper: (trail) => trail.write(manifestObject(ALPHA, 999_999_999), edit(trail, K, { entry: 999_999_999 })),
    found: () => [wrong('manifest-added', 'archive', { endpointId: ALPHA, entry: 999_999_999 })],
  },
  {
    what: 'a manifest of the next entry, invented',
    tamper: (trail) => {
      const entry = trail.lengthOf(ALPHA);
      trail.write(manifestObject(ALPHA, entry), edit(trail, -1, { entry, slot: '2026-11-21T02:00:00Z' }));
    },
    found: (trail) => [
      wrong('manifest-added', 'archive', {
        endpointId: ALPHA,
        entry: trail.lengthOf(ALPHA),
        slot: '2026-11-21T02:00:00Z',
      }),
    ],
  },
  {
    what: 'two manifests, exchanged',
    tamper: (trail) => trail.exchange(trail.manifestObject(ALPHA, K), trail.manifestObject(ALPHA, K + 4)),
    found: (trail) => [
      wrong('manifest-misplaced', 'archive', trail.at(ALPHA, K)),
      wrong('manifest-misplaced', 'archive', trail.at(ALPHA, K + 4)),
    ],
  },
  {
    what: 'the manifests of two logs, exchanged',
    tamper: (trail) => trail.exchange(trail.manifestObject(ALPHA, K), trail.manifestObject(BETA, K)),
    found: (trail) => [
      wrong('manifest-misplaced', 'archive', trail.at(ALPHA, K)),
      wrong('manifest-misplaced', 'archive', trail.at(BETA, K)),
    ],
  },
];

const chunk = (trail: TamperedTrail, entry: number, index = 0) => ({
  ...trail.at(ALPHA, entry),
  field: trail.sha256(ALPHA, entry, index),
});

const CHUNKS: Tampering[] = [
  {
    what: 'a chunk of other lines',
    tamper: (trail) => trail.write(trail.chunkObject(ALPHA, 2), gzipSync('{"connectionId":"x"}\n')),
    found: (trail) => [wrong('chunk-changed', 'archive', chunk(trail, 2))],
  },
  {
    what: 'a chunk that was removed',
    tamper: (trail) => trail.erase(trail.chunkObject(ALPHA, 1, 1)),
    found: (trail) => [wrong('chunk-removed', 'archive', chunk(trail, 1, 1))],
  },
  {
    what: 'a chunk that came again on another day, removed of that day',
    tamper: (trail) => trail.erase(trail.chunkObject(ALPHA, 22)),
    found: (trail) => [wrong('chunk-removed', 'archive', chunk(trail, 22))],
  },
  {
    what: 'two chunks, exchanged',
    tamper: (trail) => trail.exchange(trail.chunkObject(ALPHA, 1, 1), trail.chunkObject(ALPHA, 1, 2)),
    found: (trail) => [
      wrong('chunk-changed', 'archive', chunk(trail, 1, 1)),
      wrong('chunk-changed', 'archive', chunk(trail, 1, 2)),
    ],
  },
  {
    what: 'an invented chunk that no manifest names',
    tamper: (trail) => trail.write(trail.chunkObject(ALPHA, 2).replace(/[0-9a-f]{64}/, 'a'.repeat(64)), gzipSync('x')),
    found: () => [wrong('object-added', 'archive', { endpointId: ALPHA })],
  },
  {
    what: 'a chunk under a day on which no manifest names it',
    tamper: (trail) => trail.write(trail.chunkObject(ALPHA, 2).replace('2026-11-20', '2026-11-19'), gzipSync('x')),
    found: () => [wrong('object-added', 'archive', { endpointId: ALPHA })],
  },
];

const gap = { endpointId: ALPHA, slot: START };
const changeGap = (trail: TamperedTrail, members: object) =>
  trail.write(
    gapObject(ALPHA, START),
    JSON.stringify({ ...JSON.parse(trail.archive.text(gapObject(ALPHA, START))), ...members }),
  );

const GAPS: Tampering[] = [
  {
    what: 'the end of a gap',
    tamper: (trail) => changeGap(trail, { end: '2026-11-20T23:24:00Z' }),
    found: () => [wrong('gap-changed', 'archive', { ...gap, field: 'end' })],
  },
  {
    what: 'the reasons of a gap: nothing that is signed tells which place is right',
    tamper: (trail) => changeGap(trail, { reasons: ['throttled'] }),
    found: () => [wrong('gap-changed', 'store', { ...gap, field: 'reasons' })],
  },
  {
    what: 'a gap that is none any more',
    tamper: (trail) => trail.write(gapObject(ALPHA, START), 'x'),
    found: () => [wrong('gap-changed', 'archive', { ...gap, field: 'end' })],
  },
  {
    what: 'a gap that was removed',
    tamper: (trail) => trail.erase(gapObject(ALPHA, START)),
    found: () => [wrong('gap-removed', 'archive', gap)],
  },
  {
    what: 'an invented gap',
    tamper: (trail) => trail.write(gapObject(ALPHA, '2026-11-20T22:30:00Z'), '{}'),
    found: () => [wrong('gap-added', 'archive', { endpointId: ALPHA, slot: '2026-11-20T22:30:00Z' })],
  },
];

describe.each([
  ['manifests', MANIFESTS],
  ['chunks', CHUNKS],
  ['gaps', GAPS],
])('of the %s in the archive', (_, tamperings) => {
  it.each(tamperings.map((one) => [one.what, one] as const))(
    '%s is found, and nothing else is accused',
    (_what, tampering) => expectFound(tampering, whole, earlier),
  );
});

it('is found in the archive alone too, without the tables', async () => {
  const trail = whole.copy();
  trail.write(trail.manifestObject(ALPHA, K), edit(trail, K, { rows: 3 }));
  trail.erase(trail.chunkObject(ALPHA, 1, 1));
  trail.erase(trail.checkpointObject(ALPHA, 20));
  const { faults } = await trail.faults({}, 'archive alone');
  expect(faults.map(({ kind, entry }) => `${kind} ${entry}`)).toEqual([
    'checkpoint-removed 20',
    'chunk-removed 1',
    `log-rewritten ${K}`,
  ]);
});

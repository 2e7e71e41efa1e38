import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gapKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { checkpointObject, gapObject, manifestObject, ObjectUnreadable } from '../../lambda/trail/archive.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { BOMB, NESTED, tampering } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { richStory } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const K = 9;
const START = '2026-11-20T23:23:00Z';

it('the reasons of a gap, changed in the archive alone: are found without the tables', async () => {
  const trail = (await richStory()).whole.copy();
  const object = gapObject(ALPHA, START);
  trail.write(object, JSON.stringify({ ...JSON.parse(trail.archive.text(object)), reasons: ['throttled'] }));
  const { faults } = await trail.faults({}, 'archive alone');
  expect(faults).toEqual([`archive gap-changed alpha@${START} reasons`]);
});

describe('of sizes that no log has', () => {
  const MOST = Number.MAX_SAFE_INTEGER;
  tampering('a manifest of the last entry there can be', [`archive manifest-added alpha[${MOST}]`], (trail) =>
    trail.write(manifestObject(ALPHA, MOST), trail.manifestWith(ALPHA, K, { entry: MOST })),
  );
  tampering(
    'a checkpoint of the largest size there can be, signed',
    ['archive tail-cut alpha[25]', 'store checkpoint-rolled-back alpha', 'store tail-cut alpha[25]'],
    async (trail) => {
      const range = { ...trail.rangeOf(ALPHA, trail.lengthOf(ALPHA)), size: MOST };
      trail.write(checkpointObject(ALPHA, MOST), await trail.sign(ALPHA, range));
    },
  );
});

describe('of the manifests in the archive', () => {
  const write = (trail: TamperedTrail, members: object) =>
    trail.write(trail.manifestObject(ALPHA, K), trail.manifestWith(ALPHA, K, members));

  tampering('one that says something else', ['archive manifest-changed alpha[9] rows'], (trail) =>
    write(trail, { rows: 3 }),
  );
  tampering('one that is none any more', ['archive manifest-changed alpha[9]'], (trail) =>
    trail.write(trail.manifestObject(ALPHA, K), '{'),
  );
  tampering('one that claims a far entry', ['archive manifest-changed alpha[9] entry'], (trail) =>
    write(trail, { entry: 1e9 }),
  );
  tampering('one that was removed', ['archive manifest-removed alpha[9]'], (trail) =>
    trail.erase(trail.manifestObject(ALPHA, K)),
  );
  tampering('one of an entry far ahead, invented', ['archive manifest-added alpha[999999999]'], (trail) => {
    const entry = 999_999_999;
    trail.write(manifestObject(ALPHA, entry), trail.manifestWith(ALPHA, K, { entry }));
  });
  tampering('one of the next entry, invented', ['archive manifest-added alpha[25]@2026-11-21T02:00:00Z'], (trail) => {
    const members = { entry: trail.lengthOf(ALPHA), slot: '2026-11-21T02:00:00Z' };
    trail.write(manifestObject(ALPHA, members.entry), trail.manifestWith(ALPHA, -1, members));
  });
  tampering(
    'two, exchanged',
    ['archive manifest-misplaced alpha[9]', 'archive manifest-misplaced alpha[13]'],
    (trail) => trail.exchange(trail.manifestObject(ALPHA, K), trail.manifestObject(ALPHA, K + 4)),
  );
  tampering(
    'those of two logs, exchanged',
    ['archive manifest-misplaced alpha[9]', 'archive manifest-misplaced beta[9]'],
    (trail) => trail.exchange(trail.manifestObject(ALPHA, K), trail.manifestObject(BETA, K)),
  );
});

describe('of the chunks in the archive', () => {
  tampering('one that unpacks to more than a chunk holds', ['archive chunk-changed alpha[2] chunk 0'], (trail) =>
    trail.write(trail.chunkObject(ALPHA, 2), BOMB),
  );
  tampering('one of other lines', ['archive chunk-changed alpha[2] chunk 0'], (trail) =>
    trail.write(trail.chunkObject(ALPHA, 2), gzipSync('{"connectionId":"x"}\n')),
  );
  tampering('one that was removed', ['archive chunk-removed alpha[1] chunk 1'], (trail) =>
    trail.erase(trail.chunkObject(ALPHA, 1, 1)),
  );
  tampering(
    'one that came again on another day, removed of that day',
    ['archive chunk-removed alpha[22] chunk 0'],
    (trail) => trail.erase(trail.chunkObject(ALPHA, 22)),
  );
  tampering(
    'two, exchanged',
    ['archive chunk-changed alpha[1] chunk 1', 'archive chunk-changed alpha[1] chunk 2'],
    (trail) => trail.exchange(trail.chunkObject(ALPHA, 1, 1), trail.chunkObject(ALPHA, 1, 2)),
  );
  tampering('an invented one that no manifest names', ['archive object-added alpha'], (trail) =>
    trail.write(trail.chunkObject(ALPHA, 2).replace(/[0-9a-f]{64}/, 'a'.repeat(64)), gzipSync('x')),
  );
  tampering('one under a day on which no manifest names it', ['archive object-added alpha'], (trail) =>
    trail.write(trail.chunkObject(ALPHA, 2).replace('2026-11-20', '2026-11-19'), gzipSync('x')),
  );
});

describe('of the gaps in the archive', () => {
  const object = gapObject(ALPHA, START);
  const change = (trail: TamperedTrail, members: object) =>
    trail.write(object, JSON.stringify({ ...JSON.parse(trail.archive.text(object)), ...members }));

  tampering('the end of one', [`archive gap-changed alpha@${START} end`], (trail) =>
    change(trail, { end: '2026-11-20T23:24:00Z' }),
  );
  tampering('the reasons of one', [`archive gap-changed alpha@${START} reasons`], (trail) =>
    change(trail, { reasons: ['throttled'] }),
  );
  tampering(
    'the reasons of one, in the store alike,',
    ['archive', 'store'].map((place) => `${place} gap-changed alpha@${START} reasons`),
    (trail) => {
      change(trail, { reasons: ['throttled'] });
      trail.change(itemKey(gapKey(ALPHA, START)), { reasons: ['throttled'] });
    },
  );
  tampering('one of JSON without end', [`archive gap-changed alpha@${START} end`], (trail) =>
    trail.write(object, NESTED),
  );
  tampering('one that is none any more', [`archive gap-changed alpha@${START} end`], (trail) =>
    trail.write(object, 'x'),
  );
  tampering('one that was removed', [`archive gap-removed alpha@${START}`], (trail) => trail.erase(object));
  tampering('an invented one', ['archive gap-added alpha@2026-11-20T22:30:00Z'], (trail) =>
    trail.write(gapObject(ALPHA, '2026-11-20T22:30:00Z'), '{}'),
  );
});

it.each(['manifestObject', 'checkpointObject', 'chunkObject'] as const)(
  'something under the name of a %s that cannot be read: is found, and nothing else is accused',
  async (objectOf) => {
    const trail = (await richStory()).whole.copy();
    const key = trail[objectOf](ALPHA, K);
    const read = trail.archive.get.bind(trail.archive);
    trail.archive.get = async (name) => {
      if (name === key) throw new ObjectUnreadable(`${name} is a FIFO; expected a file`);
      return read(name);
    };
    const [kind] = objectOf.split('Object');
    const chunk = kind === 'chunk' ? ' chunk 0' : '';
    const first = kind === 'chunk' ? 4 : K;
    expect((await trail.faults()).faults).toEqual([
      `archive ${kind}-removed alpha[${first}]${chunk}`,
      `archive object-unreadable alpha ${key}`,
    ]);
  },
);

it('is found in the archive alone too, without the tables', async () => {
  const trail = (await richStory()).whole.copy();
  trail.write(trail.manifestObject(ALPHA, K), trail.manifestWith(ALPHA, K, { rows: 3 }));
  trail.erase(trail.chunkObject(ALPHA, 1, 1));
  trail.erase(trail.checkpointObject(ALPHA, 20));
  expect((await trail.faults({}, 'archive alone')).faults).toEqual([
    'archive checkpoint-removed alpha[20]',
    'archive chunk-removed alpha[1] chunk 1',
    'archive log-rewritten alpha[9]@nowhere',
  ]);
});

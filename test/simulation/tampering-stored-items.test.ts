import { describe } from 'vitest';
import { descriptionKey, failureKey, failuresOf, gapKey, TRAIL } from '../../lambda/dynamodb/snapshot-keys.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { NESTED, NO_NUMBERS, STRANGER, tampering } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const BYTES = Buffer.alloc(32, 7);
const NOBODY = 'cvpn-endpoint-0ddddddddddddddd0';

describe('of the heads in the store', () => {
  const OTHER = {
    accountId: '999999999999',
    region: 'us-east-1',
    entry: 2,
    lastSlot: '2026-11-20T22:00:00Z',
    s: '2026-11-20T22:00:00Z',
    f: '2026-11-20T22:00:00Z',
    coveredFromS: '2026-11-20T22:00:00Z',
    firstSeenAt: '2026-11-20T21:00:00Z',
    state: 'closed',
    closedBecause: 'endpoint-deleted',
    hashes: BYTES,
    invented: 1,
    expiresAt: 1_800_000_000,
  };
  for (const [index, value] of NO_NUMBERS.entries())
    tampering(`the entry of one, number ${index} that is none`, ['store head-changed alpha entry'], (trail) =>
      trail.change(trail.headKey(ALPHA), { entry: value }),
    );
  for (const [field, value] of Object.entries(OTHER))
    tampering(`the ${field} of one`, [`store head-changed alpha ${field}`], (trail) =>
      trail.change(trail.headKey(ALPHA), { [field]: value }),
    );
  tampering('one that was removed', ['store head-removed alpha'], (trail) => trail.remove(trail.headKey(ALPHA)));
  tampering('one of an endpoint that has no log', [`store head-added ${NOBODY}`], (trail) => {
    const item = { ...trail.snapshots.get(trail.headKey(ALPHA)), slot: NOBODY };
    trail.snapshots.set(itemKey(item), item);
  });
  tampering('an earlier one, put back', ['store head-changed alpha entry'], (trail, earlier) =>
    trail.change(trail.headKey(ALPHA), earlier.snapshots.get(trail.headKey(ALPHA)) ?? {}),
  );
  tampering('two, exchanged', ['store head-changed alpha hashes', 'store head-changed beta hashes'], (trail) =>
    trail.exchangeMember(trail.headKey(ALPHA), trail.headKey(BETA), 'hashes'),
  );
});

describe('of the gaps in the store', () => {
  const START = '2026-11-20T23:23:00Z';
  const theGap = itemKey(gapKey(ALPHA, START));

  tampering('the end of one', [`store gap-changed alpha@${START} end`], (trail) =>
    trail.change(theGap, { end: '2026-11-20T23:24:00Z' }),
  );
  tampering('the reasons of one', [`store gap-changed alpha@${START} reasons`], (trail) =>
    trail.change(theGap, { reasons: ['throttled'] }),
  );
  tampering('the reasons of one, removed', [`store gap-changed alpha@${START} reasons`], (trail) =>
    trail.change(theGap, { reasons: undefined }),
  );
  for (const field of ['expiresAt', 'invented'])
    tampering(`the ${field} of one`, [`store gap-changed alpha@${START} ${field}`], (trail) =>
      trail.change(theGap, { [field]: 1_800_000_000 }),
    );
  tampering('the end of one, a number', [`store gap-changed alpha@${START} end`], (trail) =>
    trail.change(theGap, { end: NO_NUMBERS[0] }),
  );
  tampering('one that was removed', [`store gap-removed alpha@${START}`], (trail) => trail.remove(theGap));
  tampering('an invented one', ['store gap-added alpha@2026-11-21T00:30:00Z'], (trail) => {
    const key = gapKey(ALPHA, '2026-11-21T00:30:00Z');
    trail.snapshots.set(itemKey(key), { ...key, end: '2026-11-21T00:40:00Z', reasons: ['no-run'] });
  });
});

describe('of the notes beside the logs', () => {
  const theDescription = itemKey(descriptionKey(ALPHA));
  /** A late retry was superseded. */
  const AT = '2026-11-20T22:10:00Z#2026-11-20T22:08:00Z';
  const theFailure = (trail: TamperedTrail) =>
    [...trail.snapshots].find(([, { endpointId }]) => endpointId === failuresOf(ALPHA))?.[0] ?? '';

  tampering('a description that is none', ['store description-changed alpha'], (trail) =>
    trail.change(theDescription, { description: NESTED }),
  );
  tampering('a description with a time to live', ['store attribute-added alpha expiresAt'], (trail) =>
    trail.change(theDescription, { expiresAt: 1_800_000_000 }),
  );
  tampering('a failure with a time to live', [`store attribute-added alpha@${AT} expiresAt`], (trail) =>
    trail.change(theFailure(trail), { expiresAt: 1_800_000_000 }),
  );
  tampering('a failure without a reason', [`store failure-changed alpha@${AT} reason`], (trail) =>
    trail.change(theFailure(trail), { reason: NO_NUMBERS[0] }),
  );
});

describe.each([undefined, TRAIL])('of the failures that are no endpoint’s (%s)', (of) => {
  const key = failureKey(of, '2026-11-20T22:10:00Z', '2026-11-20T22:05:00Z');
  const put = (members: object) => (trail: TamperedTrail) => trail.snapshots.set(itemKey(key), { ...key, ...members });
  const failure = { reason: 'checkpoint', message: 'it failed' };

  tampering('one without a reason', [`store failure-changed`], put({ message: 'it failed' }));
  tampering('one with a time to live', [`store attribute-added expiresAt`], put({ ...failure, expiresAt: 1 }));
  tampering('none: one more is as the recorder writes them', [], put(failure));
});

describe('of the newest checkpoints in the store', () => {
  const OTHER = {
    size: 7,
    lastSlot: '2026-11-20T22:00:00Z',
    hashes: BYTES,
    publicKey: BYTES,
    invented: 1,
    expiresAt: 1,
  };
  for (const [field, value] of Object.entries(OTHER))
    tampering(
      `the ${field} of one`,
      // By its size, the recorder would sign what it has signed already.
      [`store checkpoint-changed alpha ${field}`, ...(field === 'size' ? ['store checkpoint-rolled-back alpha'] : [])],
      (trail) => trail.change(trail.checkpointKey(ALPHA), { [field]: value }),
    );
  tampering('the hashes of one, replaced by their root', ['store checkpoint-changed alpha hashes'], (trail) => {
    const last = trail.snapshots.get(trail.manifestKey(ALPHA, -1));
    trail.change(trail.checkpointKey(ALPHA), { hashes: last?.root });
  });
  tampering('the root in the note of one', ['store checkpoint-changed alpha note'], (trail) => {
    const lines = String(trail.snapshots.get(trail.checkpointKey(ALPHA))?.note).split('\n');
    trail.change(trail.checkpointKey(ALPHA), { note: lines.with(2, BYTES.toString('base64')).join('\n') });
  });
  tampering('a note that is none any more', ['store checkpoint-changed alpha note'], (trail) =>
    trail.change(trail.checkpointKey(ALPHA), { note: 'x' }),
  );
  tampering('one that was removed', ['store checkpoint-removed alpha'], (trail) =>
    trail.remove(trail.checkpointKey(ALPHA)),
  );
  tampering('an earlier one, put back', ['store checkpoint-rolled-back alpha'], (trail, earlier) => {
    const key = trail.checkpointKey(ALPHA);
    trail.change(key, earlier.snapshots.get(key) ?? {});
  });
  tampering('one signed by another key', ['store checkpoint-of-another-key alpha note'], async (trail) => {
    const note = await trail.sign(ALPHA, trail.rangeOf(ALPHA, trail.lengthOf(ALPHA)), STRANGER);
    trail.change(trail.checkpointKey(ALPHA), { note, publicKey: await STRANGER.publicKey() });
  });
  tampering(
    'the notes of two, exchanged',
    ['store checkpoint-changed alpha note', 'store checkpoint-changed beta note'],
    (trail) => trail.exchangeMember(trail.checkpointKey(ALPHA), trail.checkpointKey(BETA), 'note'),
  );
});

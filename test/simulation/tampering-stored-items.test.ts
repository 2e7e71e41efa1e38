import { afterAll, beforeAll, describe, it } from 'vitest';
import { gapKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { ALPHA, BETA, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectFound, STRANGER, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { itemKey } from '../support/tampering/tampered-evidence.ts';
import { recordRichly } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const BYTES = Buffer.alloc(32, 7);

let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

const OTHER_HEAD = {
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
};

const HEADS: Tampering[] = [
  ...Object.entries(OTHER_HEAD).map(
    ([field, value]): Tampering => ({
      what: `the ${field} of a head`,
      tamper: (trail) => trail.change(trail.headKey(ALPHA), { [field]: value }),
      found: () => [wrong('head-changed', 'store', { endpointId: ALPHA, field })],
    }),
  ),
  {
    what: 'a head that was removed',
    tamper: (trail) => trail.remove(trail.headKey(ALPHA)),
    found: () => [wrong('head-removed', 'store', { endpointId: ALPHA })],
  },
  {
    what: 'a head of an endpoint that has no log',
    tamper: (trail) => {
      const item = { ...trail.snapshots.get(trail.headKey(ALPHA)), slot: 'cvpn-endpoint-0ddddddddddddddd0' };
      trail.snapshots.set(itemKey(item), item);
    },
    found: () => [wrong('head-added', 'store', { endpointId: 'cvpn-endpoint-0ddddddddddddddd0' })],
  },
  {
    what: 'an earlier head, put back',
    tamper: (trail) => trail.change(trail.headKey(ALPHA), earlier.snapshots.get(trail.headKey(ALPHA)) ?? {}),
    found: () => [wrong('head-changed', 'store', { endpointId: ALPHA, field: 'entry' })],
  },
  {
    what: 'two heads, exchanged',
    tamper: (trail) => {
      const [one, other] = [trail.headKey(ALPHA), trail.headKey(BETA)].map((key) => trail.snapshots.get(key)?.hashes);
      trail.change(trail.headKey(ALPHA), { hashes: other });
      trail.change(trail.headKey(BETA), { hashes: one });
    },
    found: () => [
      wrong('head-changed', 'store', { endpointId: ALPHA, field: 'hashes' }),
      wrong('head-changed', 'store', { endpointId: BETA, field: 'hashes' }),
    ],
  },
];

const START = '2026-11-20T23:23:00Z';
const theGap = itemKey(gapKey(ALPHA, START));
const GAPS: Tampering[] = [
  {
    what: 'the end of a gap',
    tamper: (trail) => trail.change(theGap, { end: '2026-11-20T23:24:00Z' }),
    found: () => [wrong('gap-changed', 'store', { endpointId: ALPHA, slot: START, field: 'end' })],
  },
  {
    what: 'the reasons of a gap',
    tamper: (trail) => trail.change(theGap, { reasons: ['throttled'] }),
    found: () => [wrong('gap-changed', 'store', { endpointId: ALPHA, slot: START, field: 'reasons' })],
  },
  {
    what: 'the reasons of a gap, removed',
    tamper: (trail) => trail.change(theGap, { reasons: undefined }),
    found: () => [wrong('gap-changed', 'store', { endpointId: ALPHA, slot: START, field: 'reasons' })],
  },
  {
    what: 'a gap that was removed',
    tamper: (trail) => trail.remove(theGap),
    found: () => [wrong('gap-removed', 'store', { endpointId: ALPHA, slot: START })],
  },
  {
    what: 'an invented gap',
    tamper: (trail) => {
      const key = gapKey(ALPHA, '2026-11-21T00:30:00Z');
      trail.snapshots.set(itemKey(key), { ...key, end: '2026-11-21T00:40:00Z', reasons: ['no-run'] });
    },
    found: () => [wrong('gap-added', 'store', { endpointId: ALPHA, slot: '2026-11-21T00:30:00Z' })],
  },
];

const CHECKPOINTS: Tampering[] = [
  ...Object.entries({
    size: 7,
    lastSlot: '2026-11-20T22:00:00Z',
    hashes: BYTES,
    publicKey: BYTES,
    invented: 1,
  }).map(
    ([field, value]): Tampering => ({
      what: `the ${field} of the newest checkpoint`,
      tamper: (trail) => trail.change(trail.checkpointKey(ALPHA), { [field]: value }),
      found: () => [
        wrong('checkpoint-changed', 'store', { endpointId: ALPHA, field }),
        // By its size, the recorder would sign what it has signed already.
        ...(field === 'size' ? [wrong('checkpoint-rolled-back', 'store', { endpointId: ALPHA })] : []),
      ],
    }),
  ),
  {
    what: 'the hashes of the newest checkpoint, replaced by their root',
    tamper: (trail) => {
      const last = trail.snapshots.get(trail.manifestKey(ALPHA, -1));
      trail.change(trail.checkpointKey(ALPHA), { hashes: last?.root });
    },
    found: () => [wrong('checkpoint-changed', 'store', { endpointId: ALPHA, field: 'hashes' })],
  },
  {
    what: 'the root in the note of the newest checkpoint',
    tamper: (trail) => {
      const note = String(trail.snapshots.get(trail.checkpointKey(ALPHA))?.note);
      const lines = note.split('\n');
      trail.change(trail.checkpointKey(ALPHA), {
        note: lines.with(2, BYTES.toString('base64')).join('\n'),
      });
    },
    found: () => [wrong('checkpoint-changed', 'store', { endpointId: ALPHA, field: 'note' })],
  },
  {
    what: 'a note that is none any more',
    tamper: (trail) => trail.change(trail.checkpointKey(ALPHA), { note: 'x' }),
    found: () => [wrong('checkpoint-changed', 'store', { endpointId: ALPHA, field: 'note' })],
  },
  {
    what: 'the newest checkpoint, removed',
    tamper: (trail) => trail.remove(trail.checkpointKey(ALPHA)),
    found: () => [wrong('checkpoint-removed', 'store', { endpointId: ALPHA })],
  },
  {
    what: 'an earlier checkpoint, put back',
    tamper: (trail) => {
      const key = trail.checkpointKey(ALPHA);
      trail.change(key, earlier.snapshots.get(key) ?? {});
    },
    found: () => [wrong('checkpoint-rolled-back', 'store', { endpointId: ALPHA })],
  },
  {
    what: 'the newest checkpoint, signed by another key',
    tamper: async (trail) => {
      const note = await trail.sign(ALPHA, trail.rangeOf(ALPHA, trail.lengthOf(ALPHA)), STRANGER);
      trail.change(trail.checkpointKey(ALPHA), { note, publicKey: await STRANGER.publicKey() });
    },
    found: () => [wrong('checkpoint-of-another-key', 'store', { endpointId: ALPHA, field: 'note' })],
  },
  {
    what: 'the notes of two checkpoints, exchanged',
    tamper: (trail) => {
      const [one, other] = [ALPHA, BETA].map((id) => trail.snapshots.get(trail.checkpointKey(id))?.note);
      trail.change(trail.checkpointKey(ALPHA), { note: other });
      trail.change(trail.checkpointKey(BETA), { note: one });
    },
    found: () => [
      wrong('checkpoint-changed', 'store', { endpointId: ALPHA, field: 'note' }),
      wrong('checkpoint-changed', 'store', { endpointId: BETA, field: 'note' }),
    ],
  },
];

describe.each([
  ['heads', HEADS],
  ['gaps', GAPS],
  ['checkpoints', CHECKPOINTS],
])('of the %s in the store', (_, tamperings) => {
  it.each(tamperings.map((one) => [one.what, one] as const))(
    '%s is found, and nothing else is accused',
    (_what, tampering) => expectFound(tampering, whole, earlier),
  );
});

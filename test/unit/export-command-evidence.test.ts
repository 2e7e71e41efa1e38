import { describe, expect, it } from 'vitest';
import type { ApiQuestion } from '../../cli/api/question.ts';
import { widerReach } from '../../cli/export/evidence/rows-outside.ts';
import { lastSnapshotBefore } from '../../cli/export/evidence/walk-log.ts';
import { MOST_OTHERS } from '../../lambda/export/request.ts';
import { type Manifest, manifestText } from '../../lambda/trail/snapshot.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import { manifestAt } from '../support/recording/made-manifest.ts';

const ENDPOINT = 'cvpn-endpoint-0a';

const at = (slot: string, more: Partial<Manifest> = {}): Manifest => manifestAt(ENDPOINT, 0, slot, more);

/** The API of a log, which remembers from where it was asked. */
function apiOf(manifests: readonly Manifest[]) {
  const asked: unknown[] = [];
  const ask = async (_: readonly string[], { since, until }: ApiQuestion) => {
    asked.push(since);
    const [from, to] = [String(since ?? ''), String(until)];
    const found = manifests.filter(({ slot }) => slot >= from && slot <= to);
    return { snapshots: found.map((manifest) => ({ canonical: manifestText(manifest) })) };
  };
  return { asked, find: (instant: string) => lastSnapshotBefore({ ask } as never, ENDPOINT, instant) };
}

describe('the snapshot before a window', () => {
  it('is the last one that was over when the window begins', async () => {
    const { find } = apiOf([
      at('2026-11-20T09:50:00Z'),
      at('2026-11-20T09:55:00Z', { s: '2026-11-20T09:55:01Z', f: '2026-11-20T10:00:00Z' }),
      at('2026-11-20T10:00:00Z', { f: '2026-11-20T10:00:04Z' }),
    ]);
    expect(await find('2026-11-20T10:00:00Z')).toBe('2026-11-20T09:55:00Z');
    expect(await find('2026-11-20T09:59:59Z')).toBe('2026-11-20T09:50:00Z');
  });

  it('is no entry that only closes the log', async () => {
    const { find } = apiOf([at('2026-11-20T09:50:00Z'), at('2026-11-20T09:55:00Z', { kind: 'closed' })]);
    expect(await find('2026-11-20T10:00:00Z')).toBe('2026-11-20T09:50:00Z');
  });

  it('is none whose time is doubted: it may have been taken in the window', async () => {
    const wrong = { s: '2026-11-20T09:54:00Z', f: '2026-11-20T09:54:00Z', clocksDiffer: true } as const;
    const { find } = apiOf([at('2026-11-20T09:50:00Z'), at('2026-11-20T09:55:00Z', wrong)]);
    expect(await find('2026-11-20T10:00:00Z')).toBe('2026-11-20T09:50:00Z');
  });

  it('is looked for near the window first, and as far back as there is a log', async () => {
    const { find, asked } = apiOf([at('2020-01-01T00:00:00Z')]);
    expect(await find('2026-11-20T10:00:00Z')).toBe('2020-01-01T00:00:00Z');
    expect(asked).toEqual(['2026-11-20T08:00:00Z', '2026-11-18T10:00:00Z', '2026-09-21T10:00:00Z', undefined]);
    expect(await apiOf([]).find('2026-11-20T10:00:00Z')).toBeUndefined();
  });
});

const FROM = '2026-11-20T10:00:00Z';
const TO = '2026-11-20T11:00:00Z';
const stretch = { slots: { from: FROM, to: TO }, reach: { from: FROM, until: '2026-11-20T10:50:00Z' } };

/** Slots five minutes apart, before and after the stretch. */
const slots = ({ before = 0, after = 0 }) => [
  ...Array.from({ length: before }, (_, index) => addSeconds(FROM, -300 * (index + 1))),
  ...Array.from({ length: after }, (_, index) => addSeconds(TO, 300 * (index + 1))),
];

describe('entries beside the stretch of an export', () => {
  it.each<[what: string, of: Parameters<typeof slots>[0], endpoints: number, reach: object | undefined]>([
    ['are taken one by one while they are few', { before: MOST_OTHERS }, 1, undefined],
    ['are nothing where there are none', {}, 1000, undefined],
    [
      'widen it to the nearest of them where they are many, so far that few enough are left',
      { before: MOST_OTHERS + 3 },
      1,
      { from: addSeconds(FROM, -900), through: undefined },
    ],
    [
      'widen it on both sides',
      { before: MOST_OTHERS, after: 2 },
      1,
      { from: addSeconds(FROM, -300), through: addSeconds(TO, 300) },
    ],
    [
      'widen it to the end alone where they are all later',
      { after: MOST_OTHERS + 1 },
      1,
      { from: FROM, through: addSeconds(TO, 300) },
    ],
    ['are shared among the endpoints', { before: MOST_OTHERS / 2 }, 2, undefined],
    ['are shared among the endpoints', { before: MOST_OTHERS / 2 + 1 }, 2, { from: addSeconds(FROM, -300) }],
  ])('%s: %j, %i', (_, of, endpoints, reach) => {
    const wider = widerReach(stretch, new Set(slots(of)), endpoints);
    expect(wider).toEqual(reach && { ...stretch.reach, through: undefined, ...reach });
  });
});

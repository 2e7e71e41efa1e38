import { describe, expect, it } from 'vitest';
import type { ApiQuestion } from '../../cli/api/question.ts';
import { lastSnapshotBefore } from '../../cli/export/evidence/walk-log.ts';

type Snapshot = { readonly slot: string; readonly s: string; readonly f: string; readonly kind: string };

const at = (slot: string, more: Partial<Snapshot> = {}): Snapshot => ({
  slot,
  s: slot,
  f: slot,
  kind: 'snapshot',
  ...more,
});

/** The API of a log, which remembers from where it was asked. */
function apiOf(snapshots: readonly Snapshot[]) {
  const asked: unknown[] = [];
  const ask = async (_: readonly string[], { since, until }: ApiQuestion) => {
    asked.push(since);
    const [from, to] = [String(since ?? ''), String(until)];
    return { snapshots: snapshots.filter(({ slot }) => slot >= from && slot <= to) };
  };
  return { asked, find: (instant: string) => lastSnapshotBefore({ ask } as never, 'cvpn-endpoint-0a', instant) };
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

  it('is looked for near the window first, and as far back as there is a log', async () => {
    const { find, asked } = apiOf([at('2020-01-01T00:00:00Z')]);
    expect(await find('2026-11-20T10:00:00Z')).toBe('2020-01-01T00:00:00Z');
    expect(asked).toEqual(['2026-11-20T08:00:00Z', '2026-11-18T10:00:00Z', '2026-09-21T10:00:00Z', undefined]);
    expect(await apiOf([]).find('2026-11-20T10:00:00Z')).toBeUndefined();
  });
});

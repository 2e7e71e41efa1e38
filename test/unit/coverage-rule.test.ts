import { describe, expect, it } from 'vitest';
import { gapBetween } from '../../lambda/trail/coverage.ts';
import { gapOf } from '../../lambda/trail/log.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';

describe('the gap between two snapshots', () => {
  it('begins with the second that is too many: an hour, less epsilon on both sides', () => {
    expect(gapBetween('2026-11-20T08:00:00Z', '2026-11-20T08:56:00Z', 120)).toBeUndefined();
    expect(gapBetween('2026-11-20T08:00:00Z', '2026-11-20T08:56:01Z', 120)).toEqual({
      start: '2026-11-20T07:58:00Z',
      end: '2026-11-20T07:58:01Z',
    });
  });
});

describe('the gap before a deletion', () => {
  it('lasts for epsilon longer than AWS says: its clock may be behind', () => {
    const at = '2026-11-20T08:15:00Z';
    const times = { previousS: '2026-11-20T08:10:00Z', s: at, f: at, epsilonSeconds: 120 };
    const closing = { kind: 'closed', closedBecause: 'endpoint-deleted', ...times } as Manifest;
    const before = { s: '2026-11-20T08:10:00Z', f: '2026-11-20T08:10:02Z' };
    expect(gapOf(closing, before)).toEqual({ start: '2026-11-20T08:08:00Z', end: '2026-11-20T08:17:00Z' });
  });
});

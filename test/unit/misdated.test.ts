import { describe, expect, it } from 'vitest';
import { earliestStart, isMisdated, latestEnd } from '../../lambda/trail/misdated.ts';

const at = (clock: string) => `2026-11-20T${clock}Z`;
const reported = (end: string) => ({
  establishedAt: at('08:00:00'),
  firstSeenAt: at('08:05:00'),
  lastSeenAt: at('09:05:00'),
  endedAt: at(end),
  end: { kind: 'reported' as const },
});
const bounds = (connection: Parameters<typeof isMisdated>[0]) => [earliestStart(connection), latestEnd(connection)];

describe('the time of a connection', () => {
  it.each([
    ['from its start to its end, as AWS says', false, '08:00:00', '08:00:00', '08:00:00'],
    ['from its start to its end, as AWS says', false, '09:00:00', '08:00:00', '09:00:00'],
    ['as AWS says, ahead of the snapshot by less than a clock may be', false, '09:20:00', '08:00:00', '09:20:00'],
    ['from the end to the start, where AWS gives the end first', true, '07:59:59', '07:59:59', '08:00:00'],
    ['contradictory, where the end lay ahead of the snapshot which had it', true, '09:20:01', '08:00:00', '09:20:01'],
  ])('is %s: %s, ended at %s', (_, misdated, end, earliest, latest) => {
    expect(isMisdated(reported(end))).toBe(misdated);
    expect(bounds(reported(end))).toEqual([at(earliest), at(latest)]);
  });

  it('begins with the first sight, where the start lay ahead of that', () => {
    const open = { establishedAt: at('08:20:00'), firstSeenAt: at('08:05:00') };
    expect(isMisdated(open)).toBe(false);
    const ahead = { ...open, establishedAt: '9999-12-31T23:59:59Z' };
    expect(isMisdated(ahead)).toBe(true);
    expect(bounds(ahead)).toEqual([at('08:05:00'), undefined]);
    const end = { kind: 'inferred' as const, between: [at('08:05:00'), at('08:10:00')] as const };
    expect(bounds({ ...ahead, end })).toEqual([at('08:05:00'), '9999-12-31T23:59:59Z']);
  });
});

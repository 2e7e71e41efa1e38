import { describe, expect, it } from 'vitest';
import { earliestStart, isMisdated, latestEnd } from '../../lambda/trail/misdated.ts';

const at = (clock: string) => `2026-11-20T${clock}Z`;
const reported = (
  establishedAt: string,
  endedAt: string,
  seen = { firstSeenAt: at('08:05:00'), lastSeenAt: at('09:05:00') },
) => ({
  ...seen,
  establishedAt,
  endedAt,
  end: { kind: 'reported' as const },
});
const bounds = (connection: Parameters<typeof isMisdated>[0]) => [earliestStart(connection), latestEnd(connection)];

describe('the time of a connection', () => {
  it('is from its start to its end, as AWS says', () => {
    for (const end of [at('08:00:00'), at('09:00:00'), at('09:20:00')]) {
      const connection = reported(at('08:00:00'), end);
      expect(isMisdated(connection)).toBe(false);
      expect(bounds(connection)).toEqual([at('08:00:00'), end]);
    }
  });

  it('is from the end to the start, where AWS gives the end first', () => {
    const connection = reported(at('08:00:00'), at('07:59:59'));
    expect(isMisdated(connection)).toBe(true);
    expect(bounds(connection)).toEqual([at('07:59:59'), at('08:00:00')]);
  });

  it('contradicts itself with an end that lay ahead of the snapshot which had it as ended', () => {
    const connection = reported(at('08:00:00'), at('09:20:01'));
    expect(isMisdated(connection)).toBe(true);
    expect(bounds(connection)).toEqual([at('08:00:00'), at('09:20:01')]);
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

import { describe, expect, it } from 'vitest';
import type { Connection } from '../../lambda/trail/connection.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import type { AskedSearch } from '../support/search/expected-answer.ts';
import type { History } from '../support/search/random-history.ts';
import { searchInMemory } from '../support/search/search-in-memory.ts';
import { connectionFrom } from '../support/search/search-input.ts';

const FIRST = '2026-11-10T06:00:00Z';
const time = (clock: string) => `2026-11-20T${clock}Z`;

const connection = (connectionId: string, endpointId: string, establishedAt: string, more: Partial<Connection> = {}) =>
  connectionFrom(establishedAt, connectionId, { endpointId, status: 'active', clientIp: '10.0.0.1', ...more });
const endedAt = (clock: string) => ({ status: 'terminated', endedAt: time(clock), end: { kind: 'reported' as const } });

const historyOf = (connections: readonly Connection[], through = time('12:00:00')): History => ({
  connections,
  recorded: [ALPHA, BETA].map((endpointId) => ({ endpointId, first: FIRST, projected: through, newest: through })),
});

/** The ids that are found, on pages of one; `?` marks those that are only possible. */
async function found(history: History, asked: AskedSearch, mostRows = 1000): Promise<string[]> {
  const pages = await searchInMemory(history, asked, 1, mostRows);
  return pages.flat().map(({ connectionId, possible }) => connectionId + (possible ? '?' : ''));
}

describe('the holders of an address', () => {
  const held = (connections: readonly Connection[], clock: string, mostRows?: number) =>
    found(historyOf(connections), { ip: ['10.0.0.1', '10.0.0.2'], at: time(clock) }, mostRows);

  const between = [time('08:30:00'), time('11:00:00')] as const;
  const gone = connection('gone', ALPHA, time('08:00:00'), { end: { kind: 'inferred', between } });
  const next = connection('next', ALPHA, time('09:00:00'), endedAt('09:10:00'));
  const elsewhere = connection('elsewhere', BETA, time('08:10:00'));
  const beside = connection('beside', ALPHA, time('07:00:00'), { clientIp: '10.0.0.2' });

  it('bound each other also where a page ends at another address, or at the same of another endpoint', async () => {
    expect(await held([gone, next, elsewhere, beside], '10:00:00')).toEqual(['elsewhere', 'beside']);
  });

  it('are possible up to the moment when the next one had it', async () => {
    expect(await held([gone, next, beside], '09:00:00')).toEqual(['next', 'gone?', 'beside']);
    expect(await held([gone, next, beside], '09:00:01')).toEqual(['next', 'beside']);
  });

  it.each([1, 2, 1000])(
    'of one second do not bound each other, in whatever order they stand: %i a read',
    async (rows) => {
      const history = [
        connection('a', ALPHA, time('08:00:00')),
        connection('b', ALPHA, time('08:00:00'), endedAt('08:00:00')),
        connection('c', ALPHA, time('08:00:00'), endedAt('08:00:00')),
        connection('0', ALPHA, time('07:00:00'), endedAt('07:30:00')),
      ];
      expect(await held(history, '10:00:00', rows)).toEqual(['a']);
      expect(await held(history, '08:00:00', rows)).toEqual(['c', 'b', 'a']);
    },
  );

  it.each([1, 2, 1000])('that came from another address bound nobody, and end no search: %i a read', async (rows) => {
    const former = [{ clientIp: '10.0.0.9', between: [time('09:30:00'), time('09:35:00')] as const }];
    const moved = connection('moved', ALPHA, time('09:00:00'), { former });
    const older = connection('older', ALPHA, time('06:00:00'), endedAt('07:00:00'));
    expect(await held([gone, moved, older], '09:10:00', rows)).toEqual(['gone?']);
    expect(await held([gone, moved, older], '10:00:00', rows)).toEqual(['moved', 'gone?']);
  });

  it('of one second are over when somebody had it later', async () => {
    const twins = ['a', 'b'].map((id) => ({ ...gone, connectionId: id }));
    expect(await held([...twins, next], '09:05:00')).toEqual(['next']);
  });

  it.each([1, 1000])('may all have it still that AWS lists no more, until it is proven: %i a read', async (rows) => {
    const lost = { unlistedSince: time('08:35:00'), surelyUntil: time('08:30:00'), long: true } as const;
    const twins = ['a', 'b'].map((id) => connection(id, ALPHA, time('08:00:00'), lost));
    expect(await held([...twins, next], '09:05:00', rows)).toEqual(['next', 'b?', 'a?']);
  });
});

describe('connections that go on from an earlier day', () => {
  it('are in order with those of another endpoint, also on the day where the index ends', async () => {
    const history = historyOf([
      connection('later', ALPHA, '2026-11-19T10:00:00Z', { long: true }),
      connection('earlier', BETA, '2026-11-19T09:00:00Z', { long: true }),
    ]);
    expect(await found(history, { status: ['active'] })).toEqual(['later', 'earlier']);
    expect(await found(history, { since: time('11:00:00') })).toEqual(['later', 'earlier']);
  });

  it('are found while the recorder is down, which does not see them grow old', async () => {
    const young = connection('young', ALPHA, '2026-11-18T00:30:00Z', { commonName: 'bob' });
    const history = historyOf([young], '2026-11-18T12:00:00Z');
    expect(await found(history, { at: '2026-11-20T05:00:00Z' })).toEqual(['young?']);
    expect(await found(history, { at: '2026-11-20T05:00:00Z', user: ['bob'] })).toEqual(['young?']);
  });

  it('are among those that started at any time, although that was long before the first snapshot', async () => {
    const old = connection('old', ALPHA, '2026-10-01T00:00:00Z', { long: true });
    const history = historyOf([old]);
    expect(await found(history, { match: 'started' })).toEqual(['old']);
    expect(await found(history, { match: 'started', until: '2026-10-02T00:00:00Z' })).toEqual(['old']);
    expect(await found(history, { match: 'started', since: '2026-10-01T00:00:01Z' })).toEqual([]);
  });
});

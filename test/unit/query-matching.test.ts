import { describe, expect, it } from 'vitest';
import { type Knowledge, type MatchWindow, matchWindow, passesFilters } from '../../lambda/query/search/matching.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { connectionFrom, NO_FILTERS } from '../support/search/search-input.ts';

const time = (clock: string) => `2026-11-20T${clock}Z`;
const open = connectionFrom(time('08:00:00'), 'cvpn-connection-0a', {
  status: 'active',
  firstSeenAt: time('08:05:00'),
});
const CONNECTIONS = {
  open,
  reported: { ...open, status: 'terminated', endedAt: time('09:00:00'), end: { kind: 'reported' } },
  inferred: { ...open, end: { kind: 'inferred', between: [time('09:00:00'), time('09:30:00')] } },
  unlisted: { ...open, surelyUntil: time('08:58:00'), unlistedSince: time('09:05:00'), long: true },
  seen: { ...open, establishedAtIsFirstSight: true, establishedAfter: time('07:53:00') },
  // Lost after the one snapshot that had it: it may have ended before that was finished.
  seenOnce: {
    ...open,
    establishedAtIsFirstSight: true,
    establishedAfter: time('07:53:00'),
    surelyUntil: time('07:57:00'),
    unlistedSince: time('08:05:00'),
  },
  // AWS said that it ended at nine, and listed it again at a quarter past.
  again: { ...open, firstEndedAt: time('09:00:00'), connectedAgainAt: time('09:15:00') },
  endedAgain: {
    ...open,
    status: 'terminated',
    endedAt: time('09:30:00'),
    end: { kind: 'reported' },
    firstEndedAt: time('09:00:00'),
    connectedAgainAt: time('09:15:00'),
  },
  endedSooner: {
    ...open,
    status: 'terminated',
    endedAt: time('08:30:00'),
    end: { kind: 'reported' },
    firstEndedAt: time('09:00:00'),
    connectedAgainAt: time('09:15:00'),
  },
  firstSeenEnded: {
    ...connectionFrom(time('08:05:00'), 'cvpn-connection-0b', { firstSeenAt: time('08:05:00') }),
    establishedAtIsFirstSight: true,
    establishedAfter: time('07:58:00'),
    status: 'terminated',
    end: { kind: 'inferred', between: [time('07:58:00'), time('08:05:00')] },
  },
} as const satisfies Record<string, Connection>;
type Kind = keyof typeof CONNECTIONS;
type Verdict = 'certain' | 'possible' | 'no';

/** What is said of a connection in a window of clock times, `08:00:00-` without an end, or at an instant. */
function verdict(kind: Kind, window: string, match: MatchWindow['match'], knowledge: Partial<Knowledge> = {}): Verdict {
  const [since = '', until = since] = window.split('-');
  const bounds = { since: since === '' ? undefined : time(since), until: until === '' ? undefined : time(until) };
  const known = { knownThrough: time('10:00:00'), ...knowledge };
  return matchWindow(CONNECTIONS[kind], { ...bounds, match }, known);
}

describe('whether a connection was connected', () => {
  it.each<[kind: Kind, window: string, expected: Verdict]>([
    // With an end that AWS reported.
    ['reported', '07:59:59', 'no'],
    ['reported', '08:00:00', 'certain'],
    ['reported', '09:00:00', 'certain'],
    ['reported', '09:00:01', 'no'],
    // With an inferred end.
    ['inferred', '09:00:00', 'certain'],
    ['inferred', '09:00:01', 'possible'],
    ['inferred', '09:30:00', 'possible'],
    ['inferred', '09:30:01', 'no'],
    // While it is listed, known through the newest snapshot.
    ['open', '10:00:00', 'certain'],
    ['open', '10:00:01', 'possible'],
    ['open', '23:00:00', 'possible'],
    // Since it is no longer listed, known to when it was seen.
    ['unlisted', '08:58:00', 'certain'],
    ['unlisted', '08:58:01', 'possible'],
    ['unlisted', '10:00:00', 'possible'],
    // AWS did not say when it was established.
    ['seenOnce', '07:52:59', 'no'],
    ['seenOnce', '08:00:00', 'possible'],
    ['seenOnce', '07:58:00-08:10:00', 'possible'],
    ['seen', '07:52:59', 'no'],
    ['seen', '07:53:00', 'possible'],
    ['seen', '07:59:59', 'possible'],
    ['seen', '08:00:00', 'certain'],
    ['firstSeenEnded', '07:57:59', 'no'],
    ['firstSeenEnded', '08:01:00', 'possible'],
    ['firstSeenEnded', '08:05:00', 'possible'],
    ['firstSeenEnded', '08:05:01', 'no'],
    // AWS contradicted an end.
    ['again', '09:00:00', 'certain'],
    ['again', '09:00:01', 'possible'],
    ['again', '09:14:59', 'possible'],
    ['again', '09:15:00', 'certain'],
    ['again', '10:00:01', 'possible'],
    ['endedAgain', '09:14:59', 'possible'],
    ['endedAgain', '09:15:00', 'certain'],
    ['endedAgain', '09:30:01', 'no'],
    ['endedSooner', '08:30:00', 'certain'],
    ['endedSooner', '08:30:01', 'possible'],
    ['endedSooner', '09:00:00', 'possible'],
    ['endedSooner', '09:00:01', 'no'],
    // At any time in a window, both edges included.
    ['again', '09:00:01-10:30:00', 'certain'],
    ['reported', '09:00:00-12:00:00', 'certain'],
    ['reported', '09:00:01-12:00:00', 'no'],
    ['reported', '06:00:00-08:00:00', 'certain'],
    ['reported', '06:00:00-07:59:59', 'no'],
    ['reported', '-', 'certain'],
  ])('is, %s, at %s: %s', (kind, window, expected) => {
    expect(verdict(kind, window, 'overlap')).toBe(expected);
  });

  it('is certain at its beginning, although nothing is known yet', () => {
    expect(verdict('open', '08:00:00', 'overlap', { knownThrough: undefined })).toBe('certain');
  });

  it.each<[kind: Kind, window: string, taken: string, expected: Verdict]>([
    ['inferred', '09:10:00', '09:10:00', 'possible'],
    ['inferred', '09:10:01', '09:10:00', 'no'],
    // One answer without it has ended nobody.
    ['unlisted', '09:10:01', '09:10:00', 'possible'],
    // One that AWS still lists had it beside the other.
    ['open', '09:10:01', '09:10:00', 'certain'],
    ['inferred', '08:30:00', '08:20:00', 'no'],
    // What AWS reported is not bounded by it.
    ['reported', '09:00:00', '08:30:00', 'certain'],
  ])('is, %s, at %s, where another had its address at %s: %s', (kind, window, taken, expected) => {
    expect(verdict(kind, window, 'overlap', { addressTakenAt: time(taken) })).toBe(expected);
  });
});

describe('whether a connection did in a window', () => {
  it.each<[match: 'started' | 'ended', kind: Kind, window: string, expected: Verdict]>([
    // By when it was established, the edges included; possible only where the first sight stands for it.
    ['started', 'reported', '08:00:00', 'certain'],
    ['started', 'reported', '08:00:01-', 'no'],
    ['started', 'reported', '-07:59:59', 'no'],
    ['started', 'seen', '08:00:00-09:00:00', 'possible'],
    // By its end, the edges included.
    ['ended', 'reported', '09:00:00', 'certain'],
    ['ended', 'reported', '09:00:01-', 'no'],
    ['ended', 'reported', '-08:59:59', 'no'],
    // Possible where the bounds of an inferred end only touch it, certain where they lie in it.
    ['ended', 'inferred', '09:10:00-09:20:00', 'possible'],
    ['ended', 'inferred', '09:00:00-09:30:00', 'certain'],
    ['ended', 'inferred', '09:30:01-', 'no'],
    ['ended', 'open', '-', 'no'],
  ])('%s: %s, %s: %s', (match, kind, window, expected) => {
    expect(verdict(kind, window, match)).toBe(expected);
  });

  it('ended: no, while it is open and not listed, whoever has its address', () => {
    expect(verdict('unlisted', '-', 'ended', { addressTakenAt: time('09:30:00') })).toBe('no');
  });
});

describe('the filters', () => {
  const alice = { username: 'Alice', commonName: 'alice.example.com', clientIp: '10.0.0.1' };
  const joao = { username: 'Jo\u00e3o', commonName: 'Ins\u0327' };
  const at = (clientIpv6: string) => ({ clientIpv6 });
  it.each<[what: string, who: Partial<Connection>, filters: Partial<typeof NO_FILTERS>, passes: boolean]>([
    ['a user by either name in any case', alice, { user: ['ALICE'] }, true],
    ['a user by either name in any case', alice, { user: ['alice.EXAMPLE.com'] }, true],
    ['nobody else', alice, { user: ['bob'] }, false],
    ['a username exactly', alice, { username: ['Alice'] }, true],
    ['a username exactly', alice, { username: ['alice'] }, false],
    ['a common name exactly', alice, { commonName: ['alice.example.com'] }, true],
    ['a common name exactly', alice, { commonName: ['Alice'] }, false],
    ['values with OR', alice, { ip: ['10.0.0.9', '10.0.0.1'], user: ['bob', 'alice'] }, true],
    ['each other with AND', alice, { ip: ['10.0.0.1'], user: ['bob'] }, false],
    ['each other with AND', alice, { endpoint: [open.endpointId], connectionId: ['cvpn-connection-0b'] }, false],
    ['an inferred end for terminated', CONNECTIONS.inferred, { status: ['terminated'] }, true],
    ['an inferred end for terminated', CONNECTIONS.inferred, { status: ['active'] }, false],
    ['what is only not listed for open', CONNECTIONS.unlisted, { status: ['active'] }, true],
    ['a name in any Unicode form', joao, { user: ['JOA\u0303O'] }, true],
    ['a name in any Unicode form', joao, { user: ['İNŞ'] }, true],
    ['an exact one in any form, its own case', joao, { username: ['Joa\u0303o'] }, true],
    ['an exact one in any form, its own case', joao, { username: ['joa\u0303o'] }, false],
    ['an exact one in any form, its own case', joao, { commonName: ['Inş'] }, true],
    ['an exact one in any form, its own case', joao, { commonName: ['İnş'] }, false],
    ['an address in any spelling', at('2001:0DB8:0000:0000:0000:0000:0000:00AB'), { ip: ['2001:db8::ab'] }, true],
    ['an address in any spelling', at('2001:db8::ab'), { ip: ['2001:DB8:0:0::00AB'] }, true],
    ['an address in any spelling', at('::ffff:10.100.0.99'), { ip: ['10.100.0.99'] }, true],
    ['an address in any spelling', at('10.100.0.99'), { ip: ['::FFFF:a64:63'] }, true],
    ['an address in any spelling', at('10.100.0.99'), { ip: ['::a64:63'] }, false],
  ])('take %s: %j, %j: %s', (_, who, filters, passes) => {
    expect(passesFilters({ ...NO_FILTERS, ...filters })({ ...open, ...who })).toBe(passes);
  });
});

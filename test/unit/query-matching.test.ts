import { describe, expect, it } from 'vitest';
import {
  addressTexts,
  type Knowledge,
  type MatchWindow,
  matchWindow,
  passesFilters,
} from '../../lambda/query/search/matching.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { NO_FILTERS } from '../support/search/search-input.ts';

const time = (clock: string) => `2026-11-20T${clock}Z`;
const open: Connection = {
  connectionId: 'cvpn-connection-0a',
  endpointId: 'cvpn-endpoint-0a',
  accountId: '123456789012',
  region: 'eu-central-1',
  status: 'active',
  establishedAt: time('08:00:00'),
  firstSeenAt: time('08:05:00'),
  firstSlot: time('08:05:00'),
  lastEntry: 0,
};
const reported: Connection = { ...open, status: 'terminated', endedAt: time('09:00:00'), end: { kind: 'reported' } };
const inferred: Connection = { ...open, end: { kind: 'inferred', between: [time('09:00:00'), time('09:30:00')] } };
const unlisted: Connection = { ...open, lastSeenAt: time('09:00:00'), unlistedSince: time('09:05:00'), long: true };

const KNOWN: Knowledge = { epsilonSeconds: 120, knownThrough: time('10:00:00') };

function verdict(
  connection: Connection,
  [since, until]: readonly [since?: string | undefined, until?: string | undefined],
  match: MatchWindow['match'] = 'overlap',
  knowledge: Partial<Knowledge> = {},
) {
  const window = { since: since && time(since), until: until && time(until), match };
  return matchWindow(connection, window, { ...KNOWN, ...knowledge });
}
const at = (clock: string) => [clock, clock] as const;

describe('whether a connection was connected', () => {
  it.each([
    ['07:59:59', 'no'],
    ['08:00:00', 'certain'],
    ['09:00:00', 'certain'],
    ['09:00:01', 'no'],
  ] as const)('is, with an end that AWS reported, at %s: %s', (clock, expected) => {
    expect(verdict(reported, at(clock))).toBe(expected);
  });

  it.each([
    ['09:00:00', 'certain'],
    ['09:00:01', 'possible'],
    ['09:30:00', 'possible'],
    ['09:30:01', 'no'],
  ] as const)('is, with an inferred end, at %s: %s', (clock, expected) => {
    expect(verdict(inferred, at(clock))).toBe(expected);
  });

  it.each([
    ['10:00:00', 'certain'],
    ['10:00:01', 'possible'],
    ['23:00:00', 'possible'],
  ] as const)('is, while it is listed, known through the newest snapshot, at %s: %s', (clock, expected) => {
    expect(verdict(open, at(clock))).toBe(expected);
  });

  it.each([
    ['08:58:00', 'certain'],
    ['08:58:01', 'possible'],
    ['10:00:00', 'possible'],
  ] as const)('is, since it is no longer listed, known to when it was seen, at %s: %s', (clock, expected) => {
    expect(verdict(unlisted, at(clock))).toBe(expected);
  });

  it('is certain at its beginning, although nothing is known yet', () => {
    expect(verdict(open, at('08:00:00'), 'overlap', { knownThrough: undefined })).toBe('certain');
  });

  it('at any time in a window is so at its edges too, both included', () => {
    expect(verdict(reported, ['09:00:00', '12:00:00'])).toBe('certain');
    expect(verdict(reported, ['09:00:01', '12:00:00'])).toBe('no');
    expect(verdict(reported, ['06:00:00', '08:00:00'])).toBe('certain');
    expect(verdict(reported, ['06:00:00', '07:59:59'])).toBe('no');
    expect(verdict(reported, [])).toBe('certain');
  });
});

describe('an address that went to another', () => {
  it('bounds an end that AWS did not report', () => {
    const taken = { addressTakenAt: time('09:10:00') };
    expect(verdict(inferred, at('09:10:00'), 'overlap', taken)).toBe('possible');
    expect(verdict(inferred, at('09:10:01'), 'overlap', taken)).toBe('no');
    expect(verdict(unlisted, at('09:10:01'), 'overlap', taken)).toBe('no');
    expect(verdict(open, at('09:10:01'), 'overlap', taken)).toBe('no');
    expect(verdict(inferred, at('08:30:00'), 'overlap', { addressTakenAt: time('08:20:00') })).toBe('no');
  });

  it('changes nothing of an end that AWS reported', () => {
    expect(verdict(reported, at('09:00:00'), 'overlap', { addressTakenAt: time('08:30:00') })).toBe('certain');
  });
});

describe('whether a connection started in a window', () => {
  it('is by when it was established, the edges included', () => {
    expect(verdict(reported, ['08:00:00', '08:00:00'], 'started')).toBe('certain');
    expect(verdict(reported, ['08:00:01', undefined], 'started')).toBe('no');
    expect(verdict(reported, [undefined, '07:59:59'], 'started')).toBe('no');
  });

  it('is possible only where the first sight stands for it', () => {
    expect(verdict({ ...open, establishedAtIsFirstSight: true }, ['08:00:00', '09:00:00'], 'started')).toBe('possible');
  });
});

describe('whether a connection ended in a window', () => {
  it('is by its end, the edges included', () => {
    expect(verdict(reported, ['09:00:00', '09:00:00'], 'ended')).toBe('certain');
    expect(verdict(reported, ['09:00:01', undefined], 'ended')).toBe('no');
    expect(verdict(reported, [undefined, '08:59:59'], 'ended')).toBe('no');
  });

  it('is possible where the bounds of an inferred end only touch it, and certain where they lie in it', () => {
    expect(verdict(inferred, ['09:10:00', '09:20:00'], 'ended')).toBe('possible');
    expect(verdict(inferred, ['09:00:00', '09:30:00'], 'ended')).toBe('certain');
    expect(verdict(inferred, ['09:30:01', undefined], 'ended')).toBe('no');
  });

  it('is not so of one that is open, listed or not', () => {
    expect(verdict(open, [], 'ended')).toBe('no');
    expect(verdict(unlisted, [], 'ended', { addressTakenAt: time('09:30:00') })).toBe('no');
  });
});

describe('the filters', () => {
  const alice = { ...open, username: 'Alice', commonName: 'alice.example.com', clientIp: '10.0.0.1' };
  const passes = (filters: Partial<typeof NO_FILTERS>) => passesFilters(alice, { ...NO_FILTERS, ...filters });

  it('take a user by either name in any case, a username and a common name exactly', () => {
    expect(passes({ user: ['ALICE'] })).toBe(true);
    expect(passes({ user: ['alice.EXAMPLE.com'] })).toBe(true);
    expect(passes({ user: ['bob'] })).toBe(false);
    expect(passes({ username: ['Alice'] })).toBe(true);
    expect(passes({ username: ['alice'] })).toBe(false);
    expect(passes({ commonName: ['alice.example.com'] })).toBe(true);
    expect(passes({ commonName: ['Alice'] })).toBe(false);
  });

  it('join values with OR and each other with AND', () => {
    expect(passes({ ip: ['10.0.0.9', '10.0.0.1'], user: ['bob', 'alice'] })).toBe(true);
    expect(passes({ ip: ['10.0.0.1'], user: ['bob'] })).toBe(false);
    expect(passes({ endpoint: ['cvpn-endpoint-0a'], connectionId: ['cvpn-connection-0b'] })).toBe(false);
  });

  it('take one whose end was inferred for terminated', () => {
    expect(passesFilters(inferred, { ...NO_FILTERS, status: ['terminated'] })).toBe(true);
    expect(passesFilters(inferred, { ...NO_FILTERS, status: ['active'] })).toBe(false);
    expect(passesFilters(unlisted, { ...NO_FILTERS, status: ['active'] })).toBe(true);
  });

  it('know an address of IPv6 by its canonical form too', () => {
    expect(addressTexts('FD00:0:0:0::1')).toEqual(['fd00:0:0:0::1', 'fd00::1']);
    expect(addressTexts('10.0.0.1')).toEqual(['10.0.0.1']);
  });
});

import { describe, expect, it } from 'vitest';
import { type Knowledge, type MatchWindow, matchWindow, passesFilters } from '../../lambda/query/search/matching.ts';
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
  const passes = (filters: Partial<typeof NO_FILTERS>) => passesFilters({ ...NO_FILTERS, ...filters })(alice);

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
    expect(passesFilters({ ...NO_FILTERS, status: ['terminated'] })(inferred)).toBe(true);
    expect(passesFilters({ ...NO_FILTERS, status: ['active'] })(inferred)).toBe(false);
    expect(passesFilters({ ...NO_FILTERS, status: ['active'] })(unlisted)).toBe(true);
  });

  it('take a name in any Unicode form, also one that is asked for in its own case', () => {
    const person = { ...open, username: 'Jo\u00e3o', commonName: 'Ins\u0327' };
    const finds = (filters: Partial<typeof NO_FILTERS>) => passesFilters({ ...NO_FILTERS, ...filters })(person);
    expect(finds({ user: ['JOA\u0303O'] })).toBe(true);
    expect(finds({ user: ['İNŞ'] })).toBe(true);
    expect(finds({ username: ['Joa\u0303o'] })).toBe(true);
    expect(finds({ username: ['joa\u0303o'] })).toBe(false);
    expect(finds({ commonName: ['Inş'] })).toBe(true);
    expect(finds({ commonName: ['İnş'] })).toBe(false);
  });

  it('take an address in any spelling', () => {
    const finds = (address: string, ...ip: string[]) =>
      passesFilters({ ...NO_FILTERS, ip })({ ...open, clientIpv6: address });
    expect(finds('2001:0DB8:0000:0000:0000:0000:0000:00AB', '2001:db8::ab')).toBe(true);
    expect(finds('2001:db8::ab', '2001:DB8:0:0::00AB')).toBe(true);
    expect(finds('::ffff:10.100.0.99', '10.100.0.99')).toBe(true);
    expect(finds('10.100.0.99', '::FFFF:a64:63')).toBe(true);
    expect(finds('10.100.0.99', '::a64:63')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { matchIdentities } from '../../lambda/query/search/match-identities.ts';
import { passesFilters } from '../../lambda/query/search/matching.ts';
import type { FormerIdentity } from '../../lambda/trail/connection-members.ts';
import { formerAfter } from '../../lambda/trail/identities.ts';
import type { ReadRow } from '../../lambda/trail/row.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { connectionFrom, NO_FILTERS } from '../support/search/search-input.ts';

const time = (clock: string) => `2026-11-20T${clock}Z`;
const snapshot = (clock: string) => ({ s: time(clock), f: time(clock), epsilonSeconds: 120 }) as Manifest;
const row = (more: Partial<ReadRow>): ReadRow => ({ status: 'active', problems: [], ...more });
const anna = connectionFrom(time('08:00:00'), 'a', { username: 'anna', clientIp: '10.0.0.1' });

describe('the former identities of a connection', () => {
  const told = (now: Partial<ReadRow>, was: ReadRow | undefined = row({ username: 'anna', clientIp: '10.0.0.1' })) =>
    formerAfter(anna, row(now), snapshot('09:00:00'), was && { row: was, manifest: snapshot('08:55:00') });

  it('are one more where a row names another, until between the two snapshots', () => {
    const former = { username: 'anna', clientIp: '10.0.0.1', between: [time('08:53:00'), time('09:00:00')] };
    expect(told({ username: 'bob' })).toEqual([former]);
    expect(told({ clientIp: '10.0.0.2' })).toEqual([former]);
  });

  it('are bounded by no clock that is odd', () => {
    const odd = (clock: string, by: string): Manifest => ({
      ...snapshot(by),
      ownS: time(clock),
      ownF: time(clock),
      previousS: time('08:50:00'),
      previousOwnS: time('08:50:00'),
      clocksDiffer: true,
    });
    const previous = { row: row({ username: 'anna' }), manifest: odd('08:55:00', '09:55:00') };
    const [former] = formerAfter(anna, row({ username: 'bob' }), odd('09:00:00', '08:00:00'), previous) ?? [];
    expect(former?.between).toEqual([time('08:53:00'), time('09:00:00')]);
  });

  it.each([
    ['what a row does not say', {}],
    ['what it says more', { commonName: 'anna.example.com', clientIpv6: 'fd00::1' }],
    ['another spelling of an address', { clientIp: '::ffff:10.0.0.1' }],
  ])('are none for %s', (_, now) => {
    expect(told(now)).toBeUndefined();
  });

  it.each([
    ['the snapshot before did not list it', null],
    ['the snapshot before did not say it', row({})],
    ['it had ended', row({ username: 'anna', status: 'terminated' })],
  ])('are sure of nothing where %s', (_, was) => {
    const former = formerAfter(
      anna,
      row({ username: 'bob' }),
      snapshot('09:00:00'),
      was ? { row: was, manifest: snapshot('08:55:00') } : undefined,
    );
    expect(former?.[0]?.between).toEqual([time('08:00:00'), time('09:00:00')]);
  });

  it('leave out the oldest but the first beyond 32, or beyond 8,192 characters', () => {
    let connection = anna;
    const take = (username: string) => {
      const former = formerAfter(connection, row({ username }), snapshot('09:00:00'), undefined);
      connection = { ...connection, username, ...(former ? { former } : {}) };
    };
    for (let number = 0; number < 40; number++) take(`name ${number}`);
    expect(connection.former).toHaveLength(32);
    expect(connection.former?.slice(0, 3)).toMatchObject([
      { username: 'anna' },
      { leftOut: 9 },
      { username: 'name 9' },
    ]);
    for (let number = 0; number < 40; number++) take(`${number}`.padEnd(2000, 'x'));
    expect(JSON.stringify(connection.former).length).toBeLessThanOrEqual(8192);
    expect(connection.former?.reduce((sum, { leftOut = 1 }) => sum + leftOut, 0)).toBe(80);
  });
});

describe('whether a connection had a name or an address in a window', () => {
  const first: FormerIdentity = {
    username: 'anna',
    clientIp: '10.0.0.1',
    between: [time('09:00:00'), time('09:05:00')],
  };
  const second: FormerIdentity = {
    username: 'anna',
    clientIp: '10.0.0.2',
    between: [time('10:00:00'), time('10:05:00')],
  };
  const left: FormerIdentity = { leftOut: 3, between: [time('10:00:00'), time('10:05:00')] };
  const ended = { endedAt: time('11:00:00'), end: { kind: 'reported' as const } };
  const bob = { ...anna, ...ended, username: 'bob', clientIp: '10.0.0.2' };
  const renamed = { ...bob, former: [first, second] };
  const unknown = { ...bob, former: [first, left] };

  it.each([
    ['certain', renamed, { username: ['anna'] }, '08:30:00'],
    ['certain', renamed, { username: ['anna'] }, '09:03:00'],
    ['possible', renamed, { username: ['anna'] }, '10:03:00'],
    ['no', renamed, { username: ['anna'] }, '10:05:01'],
    ['no', renamed, { username: ['bob'] }, '09:59:59'],
    ['possible', renamed, { username: ['bob'] }, '10:00:01'],
    ['certain', renamed, { username: ['bob'] }, '11:00:00'],
    ['no', renamed, { username: ['bob'] }, '11:00:01'],
    ['possible', renamed, { ip: ['10.0.0.2'] }, '09:00:01'],
    ['certain', renamed, { ip: ['10.0.0.2'] }, '10:03:00'],
    ['certain', renamed, {}, '10:03:00'],
    ['possible', unknown, { username: ['carl'] }, '09:30:00'],
    ['possible', unknown, { username: ['bob'] }, '09:30:00'],
    ['no', unknown, { username: ['carl'] }, '08:30:00'],
  ])('is %s', (expected, connection, filters, at) => {
    const window = { since: time(at), until: time(at), match: 'overlap' as const };
    const passes = passesFilters({ ...NO_FILTERS, ...filters });
    expect(matchIdentities(connection, passes, window, { knownThrough: undefined })).toBe(expected);
  });
});

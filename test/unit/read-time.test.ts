import { describe, expect, it } from 'vitest';
import { readTime, type TimeRole } from '../../lambda/trail/read-time.ts';
import { findZone, showInZone } from '../../lambda/trail/time-zone.ts';

const NOW = new Date('2026-11-22T15:30:00.750Z');

/** The instant that a text means, or what was expected. */
function read(text: string, role: TimeRole = 'since', zone = 'UTC'): string {
  const time = readTime(text, role, { now: NOW, zone });
  return 'instant' in time ? time.instant : `expected ${time.expected}`;
}

describe('a time that somebody wrote', () => {
  it.each([
    ['2026-11-22T14:03:00Z', '2026-11-22T14:03:00Z'],
    ['2026-11-22t14:03z', '2026-11-22T14:03:00Z'],
    ['2026-11-22T14:03:59.999Z', '2026-11-22T14:03:59Z'],
    ['2026-11-22T14:03:00+02:00', '2026-11-22T12:03:00Z'],
    ['2026-11-22T14:03:00-0530', '2026-11-22T19:33:00Z'],
    ['2026-11-22 14:03', '2026-11-22T14:03:00Z'],
    ['now', '2026-11-22T15:30:00Z'],
    ['90s', '2026-11-22T15:28:30Z'],
    ['30m', '2026-11-22T15:00:00Z'],
    ['2h', '2026-11-22T13:30:00Z'],
    ['7d', '2026-11-15T15:30:00Z'],
    ['2w', '2026-11-08T15:30:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
  ])('%s is %s', (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  it.each([
    ['tomorrowish', /a time like 2026/],
    ['2026-02-29', /a day that there is/],
    ['2026-13-01', /a day that there is/],
    ['2026-11-31T10:00', /a day and a time of day that there are/],
    ['2026-11-22T24:00', /a day and a time of day/],
    ['2026-11-22T10:60', /a day and a time of day/],
    ['2026-11-22T10:00+25:00', /an offset like \+02:00/],
    ['2', /a time like/],
    ['999999999w', /of our era/],
    ['', /a time like/],
  ])('refuses "%s"', (text, expected) => {
    expect(read(text)).toMatch(expected);
  });
});

describe('a time in a zone', () => {
  it.each<[what: string, text: string, role: TimeRole, zone: string, instant: string]>([
    ['a date begins its day', '2026-11-22', 'since', 'UTC', '2026-11-22T00:00:00Z'],
    ['or means the whole of it', '2026-11-22', 'until', 'UTC', '2026-11-22T23:59:59Z'],
    ['a word for a date too', 'yesterday', 'since', 'UTC', '2026-11-21T00:00:00Z'],
    ['a word for a date too', 'yesterday', 'until', 'UTC', '2026-11-21T23:59:59Z'],
    ['a word for a date too', 'today', 'until', 'UTC', '2026-11-22T23:59:59Z'],
    ['a leap day is a day', '2028-02-29', 'since', 'UTC', '2028-02-29T00:00:00Z'],
    ['a leap day is a day', '2028-02-29', 'until', 'UTC', '2028-02-29T23:59:59Z'],
    ['a date is a day of the zone', '2026-11-22', 'since', 'Asia/Tokyo', '2026-11-21T15:00:00Z'],
    ['a date is a day of the zone', 'today', 'since', 'Asia/Tokyo', '2026-11-22T15:00:00Z'],
    ['a date is a day of the zone', 'yesterday', 'until', 'Pacific/Honolulu', '2026-11-22T09:59:59Z'],
    ['23 hours when the clocks go forward', '2026-03-29', 'since', 'Europe/Berlin', '2026-03-28T23:00:00Z'],
    ['23 hours when the clocks go forward', '2026-03-29', 'until', 'Europe/Berlin', '2026-03-29T21:59:59Z'],
    ['25 hours when they go back', '2026-10-25', 'since', 'Europe/Berlin', '2026-10-24T22:00:00Z'],
    ['25 hours when they go back', '2026-10-25', 'until', 'Europe/Berlin', '2026-10-25T22:59:59Z'],
    ['the change skips midnight', '2026-04-24', 'since', 'Africa/Cairo', '2026-04-23T22:00:00Z'],
    ['the change skips midnight', '2026-04-23', 'until', 'Africa/Cairo', '2026-04-23T21:59:59Z'],
    ['summer', '2026-07-01T12:00', 'since', 'Europe/Berlin', '2026-07-01T10:00:00Z'],
    ['winter', '2026-12-01T12:00', 'since', 'Europe/Berlin', '2026-12-01T11:00:00Z'],
    ['before there were zones', '0099-07-01T12:00Z', 'since', 'Europe/Berlin', '0099-07-01T12:00:00Z'],
    ['three quarters of an hour', '2026-12-01T12:00', 'since', 'Asia/Kathmandu', '2026-12-01T06:15:00Z'],
    ['what happened twice widens', '2026-10-25T02:30', 'since', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['what happened twice widens', '2026-10-25T02:30', 'until', 'Europe/Berlin', '2026-10-25T01:30:00Z'],
  ])('(%s) %s for --%s in %s is %s', (_, text, role, zone, instant) => {
    expect(read(text, role, zone)).toBe(instant);
  });

  const twice =
    '2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z: it happened twice in Europe/Berlin, where the clocks were put back';
  it.each<[text: string, role: TimeRole, expected: string]>([
    ['2026-11-22', 'at', 'a whole day is no moment'],
    ['yesterday', 'at', 'a whole day is no moment'],
    ['2026-10-25T02:30', 'at', `expected ${twice}`],
    ['2026-03-29T02:30', 'since', 'clocks in Europe/Berlin were put forward over it'],
  ])('refuses %s for --%s: %s', (text, role, expected) => {
    expect(read(text, role, 'Europe/Berlin')).toContain(expected);
  });
});

describe('a time zone', () => {
  it.each([
    ['utc', 'UTC'],
    ['europe/berlin', 'Europe/Berlin'],
    ['America/New_York', 'America/New_York'],
    ['Etc/UTC', 'UTC'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['Mars/Olympus', undefined],
    ['+02:00', undefined],
    ['', undefined],
  ])('%s is found by its IANA name, in any case: %s', (name, zone) => {
    expect(findZone(name)).toBe(zone);
  });

  it.each([
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25T02:30:00+02:00'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25T02:30:00+01:00'],
    ['2026-10-25T01:30:00Z', 'America/St_Johns', '2026-10-24T23:00:00-02:30'],
    ['2026-10-25T01:30:00Z', 'UTC', '2026-10-25T01:30:00Z'],
  ])('%s is shown in %s with its offset: %s', (instant, zone, shown) => {
    expect(showInZone(instant, zone)).toBe(shown);
  });
});

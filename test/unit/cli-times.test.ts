import { describe, expect, it } from 'vitest';
import { findZone, showInZone } from '../../cli/time-zone.ts';
import { readTime, type TimeRole } from '../../cli/times.ts';

const NOW = new Date('2026-11-22T15:30:00.750Z');

/** The instant that a text means, or what was expected. */
function read(text: string, role: TimeRole = 'since', zone = 'UTC'): string {
  const time = readTime(text, role, { now: NOW, zone });
  return 'instant' in time ? time.instant : `expected ${time.expected}`;
}

describe('a time on the command line', () => {
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

  it('knows leap days', () => {
    expect(read('2028-02-29')).toBe('2028-02-29T00:00:00Z');
    expect(read('2028-02-29', 'until')).toBe('2028-02-29T23:59:59Z');
  });
});

describe('a date alone', () => {
  it('begins its day as --since, and means the whole of it as --until', () => {
    expect(read('2026-11-22', 'since')).toBe('2026-11-22T00:00:00Z');
    expect(read('2026-11-22', 'until')).toBe('2026-11-22T23:59:59Z');
    expect(read('yesterday', 'since')).toBe('2026-11-21T00:00:00Z');
    expect(read('yesterday', 'until')).toBe('2026-11-21T23:59:59Z');
    expect(read('today', 'until')).toBe('2026-11-22T23:59:59Z');
  });

  it('is no moment', () => {
    expect(read('2026-11-22', 'at')).toMatch(/a whole day is no moment/);
    expect(read('yesterday', 'at')).toMatch(/a whole day is no moment/);
  });

  it('is a day of the zone', () => {
    expect(read('2026-11-22', 'since', 'Asia/Tokyo')).toBe('2026-11-21T15:00:00Z');
    expect(read('today', 'since', 'Asia/Tokyo')).toBe('2026-11-22T15:00:00Z');
    expect(read('yesterday', 'until', 'Pacific/Honolulu')).toBe('2026-11-22T09:59:59Z');
  });

  it('has 23 or 25 hours where the clocks are changed', () => {
    expect([read('2026-03-29', 'since', 'Europe/Berlin'), read('2026-03-29', 'until', 'Europe/Berlin')]).toEqual([
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:59:59Z',
    ]);
    expect([read('2026-10-25', 'since', 'Europe/Berlin'), read('2026-10-25', 'until', 'Europe/Berlin')]).toEqual([
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:59:59Z',
    ]);
  });

  it('begins with the change where that skips midnight', () => {
    expect(read('2026-04-24', 'since', 'Africa/Cairo')).toBe('2026-04-23T22:00:00Z');
    expect(read('2026-04-23', 'until', 'Africa/Cairo')).toBe('2026-04-23T21:59:59Z');
  });
});

describe('a time without a zone', () => {
  it('is in the zone that was chosen', () => {
    expect(read('2026-07-01T12:00', 'since', 'Europe/Berlin')).toBe('2026-07-01T10:00:00Z');
    expect(read('2026-12-01T12:00', 'since', 'Europe/Berlin')).toBe('2026-12-01T11:00:00Z');
    expect(read('2026-12-01T12:00', 'since', 'Asia/Kathmandu')).toBe('2026-12-01T06:15:00Z');
  });

  it('that happened twice widens a window, and is refused as a moment', () => {
    expect(read('2026-10-25T02:30', 'since', 'Europe/Berlin')).toBe('2026-10-25T00:30:00Z');
    expect(read('2026-10-25T02:30', 'until', 'Europe/Berlin')).toBe('2026-10-25T01:30:00Z');
    expect(read('2026-10-25T02:30', 'at', 'Europe/Berlin')).toBe(
      'expected 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z: it happened twice in Europe/Berlin, where the clocks were put back',
    );
  });

  it('that never was is refused', () => {
    expect(read('2026-03-29T02:30', 'since', 'Europe/Berlin')).toMatch(
      /clocks in Europe\/Berlin were put forward over it/,
    );
  });
});

describe('a time zone', () => {
  it('is found by its IANA name, in any case', () => {
    expect(['utc', 'europe/berlin', 'America/New_York'].map(findZone)).toEqual([
      'UTC',
      'Europe/Berlin',
      'America/New_York',
    ]);
    expect(['Etc/UTC', 'Asia/Kolkata', 'Europe/Kyiv'].map(findZone)).toEqual(['UTC', 'Asia/Kolkata', 'Europe/Kyiv']);
    expect(['Mars/Olympus', '+02:00', ''].map(findZone)).toEqual([undefined, undefined, undefined]);
  });

  it('shows its offset, so that the hour that happens twice is told apart', () => {
    expect(showInZone('2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe('2026-10-25T02:30:00+02:00');
    expect(showInZone('2026-10-25T01:30:00Z', 'Europe/Berlin')).toBe('2026-10-25T02:30:00+01:00');
    expect(showInZone('2026-10-25T01:30:00Z', 'America/St_Johns')).toBe('2026-10-24T23:00:00-02:30');
    expect(showInZone('2026-10-25T01:30:00Z', 'UTC')).toBe('2026-10-25T01:30:00Z');
  });
});

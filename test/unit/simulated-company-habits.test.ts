import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { ipv4Number } from '../../local/simulated-client-vpn/ipv4.ts';
import { parseUtc } from '../../local/simulated-client-vpn/utc-text.ts';
import { isActive, listedAt, watch } from '../support/recording/simulated-history.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const world = simulatedCompany({ seed: 1 });
const monday = new Date('2026-03-09T00:00:00Z');
const endpoints = world.endpoints(monday);
const [employees = '', engineering = '', partners = ''] = endpoints.map((one) => textOf(one, 'clientVpnEndpointId'));
const week = watch(world, monday, 7 * 24, 50);
const lastRows = week.map(({ rows }) => rows.at(-1) ?? {});
const rowsOf = (endpointId: string) => lastRows.filter((row) => row.clientVpnEndpointId === endpointId);

/** When connections began on a day of the week, 0 being Monday: milliseconds since midnight UTC. */
const timesOn = (day: number) =>
  week.map(({ start }) => start - monday.getTime() - day * DAY).filter((time) => time >= 0 && time < DAY);

describe('a week of the simulated company', () => {
  test('has 60 to 90 people connected at its busiest, and never fewer than 8 at night', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 1000 }), (seed, weeks) => {
        const company = simulatedCompany({ seed });
        const activeAt = (hours: number) =>
          listedAt(company, new Date(monday.getTime() + weeks * 7 * DAY + hours * HOUR)).filter(isActive).length;
        const busiest = Math.max(...[8, 9, 10, 11, 12, 13, 14].map((hour) => activeAt(24 + hour)));
        expect(busiest).toBeGreaterThanOrEqual(60);
        expect(busiest).toBeLessThanOrEqual(90);
        for (const day of [0, 2, 5, 6]) expect(activeAt(day * 24 + 2)).toBeGreaterThanOrEqual(8);
      }),
      { numRuns: 10 },
    );
  });

  test('has at every instant a connection that is already older than 24 hours', () => {
    const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(seeds, instants, (seed, at) => {
        const started = listedAt(simulatedCompany({ seed }), at)
          .filter(isActive)
          .map((row) => textOf(row, 'connectionEstablishedTime'));
        expect(at.getTime() - Math.min(...started.map(parseUtc))).toBeGreaterThan(DAY);
      }),
      { numRuns: 20 },
    );
  });

  test('has no session of an employee longer than the timeout of 8 hours, after which a new one begins at once', () => {
    const sessions = week.filter(({ endpointId, end }) => endpointId === employees && Number.isFinite(end));
    expect(Math.max(...sessions.map(({ start, end }) => end - start))).toBe(8 * HOUR);
    const timedOut = sessions.filter(({ start, end }) => end - start === 8 * HOUR);
    const again = timedOut.filter(({ rows, end }) =>
      sessions.some(
        (next) => next.rows[0]?.commonName === rows[0]?.commonName && next.start > end && next.start - end < 5 * SECOND,
      ),
    );
    expect(again.length).toBeGreaterThan(10);
  });

  test('has connections of all lengths: failed ones, short ones of sleeping laptops, whole days', () => {
    const lengths = week.map(({ start, end }) => end - start).filter(Number.isFinite);
    expect(lengths.filter((length) => length < 60 * SECOND).length).toBeGreaterThan(10);
    expect(lengths.filter((length) => length > 60 * SECOND && length < HOUR).length).toBeGreaterThan(50);
    expect(lengths.filter((length) => length > 23 * HOUR && length < DAY).length).toBeGreaterThan(10);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(3 * SECOND);
  });

  test('has laptops that sleep, and reconnect many times a day', () => {
    const tuesday = week.filter(({ start }) => start >= monday.getTime() + DAY && start < monday.getTime() + 2 * DAY);
    const byPerson = [...Map.groupBy(tuesday, ({ rows }) => rows[0]?.commonName).values()];
    expect(byPerson.filter((connections) => connections.length >= 6).length).toBeGreaterThanOrEqual(4);
  });

  test('has no two days alike', () => {
    const mondays = new Set(timesOn(0));
    const same = timesOn(1).filter((time) => mondays.has(time));
    expect(same.length).toBeLessThan(timesOn(1).length / 4);
  });

  test('begins on Sunday evening UTC for early birds in the far east', () => {
    const sunday = monday.getTime() + 6 * DAY;
    const evening = week.filter(({ start }) => start >= sunday + 20.5 * HOUR && start < sunday + 21.5 * HOUR);
    expect(evening.map(({ endpointId }) => endpointId)).toContain(engineering);
  });

  test('has different people on the weekend', () => {
    const isWeekend = ({ start }: (typeof week)[number]) => start >= monday.getTime() + 5 * DAY;
    const { true: weekend = [], false: workdays = [] } = Object.groupBy(week, (one) => `${isWeekend(one)}`);
    const people = (seen: typeof week) => new Set(seen.map(({ rows }) => rows[0]?.commonName)).size;
    expect(people(workdays)).toBeGreaterThan(85);
    expect(people(weekend)).toBeLessThan(45);
  });
});

describe('what AWS knows of somebody', () => {
  test.each([
    ['Active Directory the same user name twice', employees, /^[^@]+$/, [true]],
    ['certificates a common name only', engineering, /\.corp\.example$/, [false]],
    ['single sign-on an address, and a username for some', partners, /^[a-z.-]+@partner\.example$/, [true, false]],
  ])('is with %s', (_, endpointId, name, hasUsername) => {
    const rows = rowsOf(endpointId);
    expect(rows.filter((row) => !name.test(textOf(row, 'commonName')))).toEqual([]);
    expect(new Set(rows.map((row) => 'username' in row))).toEqual(new Set(hasUsername));
    if (endpointId === employees) expect(rows.filter((row) => row.username !== row.commonName)).toEqual([]);
  });

  test('is posture and the last evaluation where there is a client connect handler, and only there', () => {
    for (const row of rowsOf(partners)) {
      const evaluated = parseUtc(textOf(row, 'authorizationPolicyLastEvaluatedTime'));
      expect(evaluated).toBeGreaterThanOrEqual(parseUtc(textOf(row, 'connectionEstablishedTime')));
      expect(evaluated).toBeLessThanOrEqual(parseUtc(textOf(row, 'timestamp')));
    }
    const withPosture = lastRows.filter((row) => 'postureComplianceStatusSet' in row);
    expect(withPosture).toEqual(rowsOf(partners));
    expect(new Set(withPosture.flatMap((row) => row.postureComplianceStatusSet ?? [])).size).toBeGreaterThan(1);
  });
});

/** How many people had each address of the employees in the first days of the week. */
const holders = (days: number) => {
  const seen = week.filter(
    ({ endpointId, start }) => endpointId === employees && start < monday.getTime() + days * DAY,
  );
  const byAddress = Map.groupBy(seen, ({ rows }) => textOf(rows[0], 'clientIp'));
  return [...byAddress.values()].map((group) => new Set(group.map(({ rows }) => rows[0]?.commonName)).size);
};

describe('addresses of the simulated company', () => {
  test('come from the client CIDR of their endpoint', () => {
    const blocks = new Map(endpoints.map((one) => [one.clientVpnEndpointId, textOf(one, 'clientCidrBlock')]));
    for (const row of lastRows) {
      const [network = '', length] = (blocks.get(textOf(row, 'clientVpnEndpointId')) ?? '').split('/');
      const host = (ipv4Number(textOf(row, 'clientIp')) ?? 0) - (ipv4Number(network) ?? 0);
      expect(host).toBeGreaterThan(1);
      expect(host).toBeLessThan(2 ** (32 - Number(length)) - 1);
    }
  });

  test('are used again by other people within the week, and within a day', () => {
    expect(Math.max(...holders(1))).toBeGreaterThanOrEqual(2);
    expect(Math.max(...holders(7))).toBeGreaterThanOrEqual(5);
  });

  test('of two endpoints with one client CIDR are held by two people at once', () => {
    expect(endpoints.map((one) => one.clientCidrBlock)).toEqual(['10.100.0.0/22', '10.200.0.0/22', '10.100.0.0/22']);
    const both = week
      .filter(({ endpointId }) => endpointId === partners)
      .filter((one) =>
        week.some(
          (other) =>
            other.endpointId === employees &&
            other.rows[0]?.clientIp === one.rows[0]?.clientIp &&
            other.start < one.end &&
            one.start < other.end,
        ),
      );
    expect(both.length).toBeGreaterThan(5);
  });

  test('are IPv6 too for those of the dual-stack endpoint who have it, one of each a person', () => {
    const dual = lastRows.filter((row) => 'clientIpv6Address' in row);
    expect(new Set(dual.map((row) => row.clientVpnEndpointId))).toEqual(new Set([engineering]));
    expect(dual.length).toBeLessThan(lastRows.filter((row) => row.clientVpnEndpointId === engineering).length);
    expect(new Set(dual.map((row) => row.clientIpv6Address)).size).toBe(new Set(dual.map((row) => row.clientIp)).size);
  });
});

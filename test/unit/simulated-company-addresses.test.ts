import { describe, expect, test } from 'vitest';
import { textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { ipv4Number } from '../../local/simulated-client-vpn/ipv4.ts';
import { watch } from '../support/recording/simulated-history.ts';

const DAY = 24 * 3_600_000;
const world = simulatedCompany({ seed: 1 });
const monday = new Date('2026-03-09T00:00:00Z');
const endpoints = world.endpoints(monday);
const [employees = '', engineering = '', partners = ''] = endpoints.map((one) => textOf(one, 'clientVpnEndpointId'));
const week = watch(world, monday, 7 * 24, 50);
const lastRows = week.map(({ rows }) => rows.at(-1) ?? {});

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

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Structure, textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { isActive, listedAt, overlaps, watch } from '../support/recording/simulated-history.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2039-12-25'), noInvalidDate: true });

const first = (row: { readonly rows: readonly Structure[] }, name: string) => textOf(row.rows[0], name);

describe('the history of a simulated company', () => {
  test('no two connections hold one address of an endpoint at the same time, and nobody is connected twice', () => {
    fc.assert(
      fc.property(seeds, instants, (seed, from) => {
        const seen = watch(simulatedCompany({ seed }), from, 72, 45);
        expect(overlaps(seen, (one) => `${one.endpointId} ${first(one, 'clientIp')}`)).toEqual([]);
        expect(overlaps(seen, (one) => `${one.endpointId} ${first(one, 'commonName')}`)).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });

  test('what was once said of a connection stays true: who, where, since when, and its end', () => {
    fc.assert(
      fc.property(seeds, instants, (seed, from) => {
        const identity = ['commonName', 'username', 'clientIp', 'clientIpv6Address'];
        const fixed = [...identity, 'clientVpnEndpointId', 'connectionEstablishedTime'];
        for (const { rows } of watch(simulatedCompany({ seed }), from, 24, 30)) {
          for (const name of fixed) expect(new Set(rows.map((row) => textOf(row, name))).size).toBe(1);
          const ends = rows.map((row) => textOf(row, 'connectionEndTime')).filter((end) => end !== '-');
          expect(new Set(ends).size).toBeLessThanOrEqual(1);
          const last = rows.slice(-ends.length || rows.length);
          expect(last.filter((row) => isActive(row) !== (ends.length === 0))).toEqual([]);
        }
      }),
      { numRuns: 4 },
    );
  });

  test('counters grow while a connection is active and stand still once it has ended', () => {
    fc.assert(
      fc.property(seeds, instants, (seed, from) => {
        for (const { rows } of watch(simulatedCompany({ seed }), from, 6, 1)) {
          for (const counter of ['ingressBytes', 'egressBytes', 'ingressPackets', 'egressPackets']) {
            const values = rows.map((row) => Number(textOf(row, counter)));
            expect(values.every((value, index) => value >= (values[index - 1] ?? 1))).toBe(true);
            expect(new Set(values.filter((_, index) => !isActive(rows[index] ?? {}))).size).toBeLessThanOrEqual(1);
          }
          const active = rows.filter(isActive);
          expect(new Set(active.map((row) => textOf(row, 'egressBytes'))).size).toBe(active.length);
        }
      }),
      { numRuns: 3 },
    );
  });

  test('a connection is listed as active to its last second, as terminated for 60 minutes, and then no more', () => {
    fc.assert(
      fc.property(seeds, instants, (seed, from) => {
        const world = simulatedCompany({ seed });
        const ended = watch(world, from, 26, 50).filter(({ end }) => Number.isFinite(end));
        for (const { endpointId, rows, start, end } of ended) {
          const rowAt = (milliseconds: number) =>
            world
              .connections(endpointId, new Date(milliseconds))
              .find(({ connectionId }) => connectionId === rows[0]?.connectionId);
          expect(rowAt(start - 1)).toBeUndefined();
          expect(rowAt(start)).toMatchObject({ status: { code: 'active' }, connectionEndTime: '-' });
          expect(rowAt(end - 1)).toMatchObject({ status: { code: 'active' }, connectionEndTime: '-' });
          const terminated = rowAt(end);
          expect(terminated?.status).toMatchObject({ code: 'terminated' });
          expect(terminated?.timestamp).toBe(terminated?.connectionEndTime);
          expect(rowAt(end + HOUR - 1)).toEqual(terminated);
          expect(rowAt(end + HOUR)).toBeUndefined();
        }
      }),
      { numRuns: 4 },
    );
  });

  test('an active row is as of now, in UTC, whole seconds', () => {
    const at = new Date('2026-03-11T09:30:07.900Z');
    const timestamps = listedAt(simulatedCompany({ seed: 1 }), at)
      .filter(isActive)
      .map((row) => row.timestamp);
    expect(new Set(timestamps)).toEqual(new Set(['2026-03-11 09:30:07']));
  });

  test('the same seed gives the same answers, in whatever order they are asked for', () => {
    fc.assert(
      fc.property(seeds, fc.array(instants, { minLength: 1, maxLength: 6 }), (seed, times) => {
        const near = times.flatMap((time) => [time, new Date(time.getTime() + 20 * HOUR)]);
        const company = simulatedCompany({ seed });
        const forwards = near.map((at) => listedAt(company, at));
        const backwards = near.toReversed().map((at) => listedAt(company, at));
        const alone = near.map((at) => listedAt(simulatedCompany({ seed }), at));
        expect(backwards.toReversed()).toEqual(forwards);
        expect(alone).toEqual(forwards);
      }),
      { numRuns: 6 },
    );
  });

  test('another seed is another company', () => {
    const at = new Date('2026-03-11T09:30:00Z');
    const ids = (seed: number) => listedAt(simulatedCompany({ seed }), at).map((row) => textOf(row, 'connectionId'));
    const others = new Set(ids(2));
    expect(ids(1).filter((id) => others.has(id))).toEqual([]);
  });

  test('rows are sorted by connection id, which looks like one of AWS', () => {
    const world = simulatedCompany({ seed: 3 });
    const at = new Date('2026-03-11T09:30:00Z');
    for (const endpoint of world.endpoints(at)) {
      const ids = world
        .connections(textOf(endpoint, 'clientVpnEndpointId'), at)
        .map((row) => textOf(row, 'connectionId'));
      expect(ids).toEqual(ids.toSorted());
      expect(ids.filter((id) => !/^cvpn-connection-0[0-9a-f]{16}$/.test(id))).toEqual([]);
    }
  });

  test('an endpoint of somebody else has no connections', () => {
    expect(simulatedCompany({ seed: 1 }).connections('cvpn-endpoint-0', new Date('2026-03-11T09:30:00Z'))).toEqual([]);
  });
});

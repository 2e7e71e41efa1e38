import type { ConnectionAnswer, UsageSample } from '../../lambda/query/schemas/connection.ts';
import { type Range, secondOf } from '../span.ts';

/** A whole number of any size: a bigint where a number could not be exact. */
export type Whole = number | bigint;

/** Bytes in both directions: ingress is sent by the client, egress received by it (EC2 API reference, ClientVpnConnection). */
export interface Bytes {
  readonly ingress: Whole;
  readonly egress: Whole;
}

export const NO_BYTES: Bytes = { ingress: 0, egress: 0 };

export const plus = (one: Bytes, other: Bytes): Bytes => ({
  ingress: sumOf(one.ingress, other.ingress),
  egress: sumOf(one.egress, other.egress),
});

export const minus = (one: Bytes, other: Bytes): Bytes => ({
  ingress: sumOf(one.ingress, -other.ingress),
  egress: sumOf(one.egress, -other.egress),
});

function sumOf(one: Whole, other: Whole): Whole {
  const sum = Number(one) + Number(other);
  return typeof one === 'number' && typeof other === 'number' && Number.isSafeInteger(sum)
    ? sum
    : BigInt(one) + BigInt(other);
}

/** What had been reached when so much of the time had passed, cut to whole bytes. */
function shareOf(from: Whole, to: Whole, passed: number, whole: number): Whole {
  if (typeof from === 'number' && typeof to === 'number') {
    const each = Math.floor((to - from) / whole);
    const rest = (to - from - each * whole) * passed;
    // Exact: neither product nor quotient leaves the safe integers.
    if (Number.isSafeInteger(rest)) return from + each * passed + Math.floor(rest / whole);
  }
  return BigInt(from) + ((BigInt(to) - BigInt(from)) * BigInt(passed)) / BigInt(whole);
}

interface Point {
  readonly second: number;
  readonly bytes: Bytes;
}

/** How many bytes a connection had sent and received by a moment. */
export interface ByteCurve {
  /** By a second since 1970; what comes later does not count. Between two points of the curve by the share of time. */
  at(second: number): Bytes;
  /** All that passed between the known points around these moments. */
  around(seconds: readonly number[]): Bytes;
  /** Whether counters told anything between its start and its end. */
  readonly isTold: boolean;
}

/**
 * The curve of a connection: nothing at its start, all at its end, and what the snapshots' counters told in between. Where a counter
 * went back they tell nothing.
 *
 * @param lasted when the connection began and ended
 */
export function curveOf(
  { ingressBytes = 0, egressBytes = 0 }: ConnectionAnswer,
  [start, end]: Range,
  samples: readonly UsageSample[] = [],
): ByteCurve {
  const first = { second: start, bytes: NO_BYTES };
  const last = { second: end, bytes: { ingress: ingressBytes, egress: egressBytes } };
  const told = samples.flatMap(({ at, ingressBytes, egressBytes }): Point[] => {
    const second = secondOf(at);
    if (ingressBytes === undefined || egressBytes === undefined || second <= start || second >= end) return [];
    return [{ second, bytes: { ingress: ingressBytes, egress: egressBytes } }];
  });
  const all = [first, ...told.sort((one, other) => one.second - other.second), last];
  const points = all.every((point, index) => isReached(all[index - 1], point)) ? all : [first, last];
  const pairAt = (second: number): [Point, Point] => {
    const next = Math.max(
      1,
      points.findIndex((point) => point.second > second),
    );
    return [points[next - 1] ?? first, points[next] ?? last];
  };
  return {
    at(second) {
      // One that ended in the second in which it began had all its bytes after its beginning.
      if (second <= start) return NO_BYTES;
      if (second >= end) return last.bytes;
      const [before, after] = pairAt(second);
      const [passed, whole] = [second - before.second, after.second - before.second];
      return {
        ingress: shareOf(before.bytes.ingress, after.bytes.ingress, passed, whole),
        egress: shareOf(before.bytes.egress, after.bytes.egress, passed, whole),
      };
    },
    around(seconds) {
      const doubtful = seconds.map(pairAt).filter(([before], index) => before.second !== seconds[index]);
      const differences = new Map(doubtful.map(([before, after]) => [before.second, minus(after.bytes, before.bytes)]));
      return [...differences.values()].reduce(plus, NO_BYTES);
    },
    isTold: points.length > 2,
  };
}

function isReached(before: Point | undefined, { bytes }: Point): boolean {
  return !before || (before.bytes.ingress <= bytes.ingress && before.bytes.egress <= bytes.egress);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveOf, minus, plus } from '../../reports/usage/byte-curve.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

/** As answers have them: a bigint where a number could not be exact. */
const counters = fc
  .oneof(fc.bigInt(0n, 1_000n), fc.bigInt(0n, 2n ** 53n), fc.bigInt(2n ** 52n, 2n ** 63n))
  .map((exact) => (exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact));

describe('the bytes of a connection by a moment', () => {
  it('are whole and exact, however large they are, and whatever the share of the time', () => {
    fc.assert(
      fc.property(
        counters,
        counters,
        fc.integer({ min: 2, max: 40_000_000 }),
        fc.nat(),
        (ingressBytes, egressBytes, lasts, part) => {
          const passed = 1 + (part % (lasts - 1));
          const curve = curveOf(connectionNumber(1, { ingressBytes, egressBytes }), [1000, 1000 + lasts]);
          const expected = (bytes: number | bigint) => (BigInt(bytes) * BigInt(passed)) / BigInt(lasts);
          const { ingress, egress } = curve.at(1000 + passed);
          expect([BigInt(ingress), BigInt(egress)]).toEqual([expected(ingressBytes), expected(egressBytes)]);
          const rest = minus(curve.at(1000 + lasts), { ingress, egress });
          const whole = plus(rest, { ingress, egress });
          expect([BigInt(whole.ingress), BigInt(whole.egress)]).toEqual([BigInt(ingressBytes), BigInt(egressBytes)]);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../lambda/trail/address.ts';

/** An IPv6 address of eight numbers in full, as most programs write it, and with runs of zeros at any place left out. */
function spellings(numbers: readonly number[]): string[] {
  const groups = numbers.map((number) => number.toString(16));
  const full = groups.map((group) => group.padStart(4, '0')).join(':');
  const shortened = groups.flatMap((_, from) =>
    groups.flatMap((__, to) => {
      if (to < from || !numbers.slice(from, to + 1).every((number) => number === 0)) return [];
      return [`${groups.slice(0, from).join(':')}::${groups.slice(to + 1).join(':')}`];
    }),
  );
  const last = numbers.slice(6).flatMap((number) => [number >> 8, number & 255]);
  const mixed = `${groups.slice(0, 6).join(':')}:${last.join('.')}`;
  return [full, groups.join(':'), mixed, ...shortened].flatMap((text) => [text, text.toUpperCase()]);
}

describe('the canonical form of an address', () => {
  // RFC 5952, section 4: no leading zeros, the longest run of zeros shortened, the first of two, never a single one, lower case.
  it.each([
    ['2001:0DB8:0000:0000:0000:0000:0000:00AB', '2001:db8::ab'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:10.100.0.99', '10.100.0.99'],
    ['0:0:0:0:0:FFFF:0A64:0063', '10.100.0.99'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
    ['10.100.0.99', '10.100.0.99'],
  ])('of %s is %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it.each(['FE80::1%Eth0', '10.0.0', '2001:DB8::/64', 'None'])('of %s, which is none, is its text', (text) => {
    expect(canonicalAddress(text)).toBe(text.toLowerCase());
  });

  it('is the same for every spelling of an address, another for another, and its own', () => {
    const number = fc.oneof(fc.constantFrom(0, 0, 0, 1, 0xffff), fc.nat(0xffff));
    const numbers = fc.array(number, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(numbers, fc.nat(7), (address, place) => {
        const texts = spellings(address).map(canonicalAddress);
        expect(new Set(texts)).toHaveLength(1);
        expect(canonicalAddress(texts[0] ?? '')).toBe(texts[0]);
        const other = address.with(place, (address[place] ?? 0) ^ 1);
        expect(canonicalAddress(spellings(other)[0] ?? '')).not.toBe(texts[0]);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { mayHaveHad, uniteNetworks, withAddresses } from '../../lambda/trail/networks.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => `10.${index}.0.1`);

describe('the networks of an endpoint', () => {
  it.each([
    [['172.31.0.225'], ['172.31.0.0/16']],
    [
      ['10.0.0.1', '10.0.255.1', '10.1.0.1'],
      ['10.0.0.0/16', '10.1.0.0/16'],
    ],
    [['::ffff:10.0.0.1'], ['10.0.0.0/16']],
    [['2001:DB8::ab', '2001:db8:0:0::1'], ['2001:db8::/32']],
    [['2001::1'], ['2001:0::/32']],
    [['::10.0.0.1', '::1'], ['0:0::/32']],
    [['fd00:1:2:3:4:5:6:7'], ['fd00:1::/32']],
    [['nowhere', '10.0.0.1'], ['*']],
    [['10.0.0.1%eth0'], ['*']],
    [[], []],
  ])('of %j are %j', (addresses, networks) => {
    expect(withAddresses([], addresses)).toEqual(networks);
  });

  it('are the same list while no other is met', () => {
    const known = ['10.0.0.0/16'];
    expect(withAddresses(known, ['10.0.7.7'])).toBe(known);
    expect(withAddresses(['*'], ['10.0.7.7', 'nowhere'])).toEqual(['*']);
  });

  it('are named up to 64, in whatever order they are met, and beyond they are all', () => {
    expect(withAddresses([], many(64))).toHaveLength(64);
    expect(withAddresses([], many(65))).toEqual(['*']);
    expect(uniteNetworks(withAddresses([], many(64)), ['fd00:1::/32'])).toEqual(['*']);
    expect(uniteNetworks(['b', 'c'], ['a', 'b'])).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [['10.0.0.0/16'], '::ffff:10.0.3.4', true],
    [['10.0.0.0/16'], '10.1.0.0', false],
    [['2001:db8::/32'], '2001:0db8::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['10.0.0.0/16'], 'nowhere', false],
    [['*'], '10.1.0.0', true],
    [[], '10.0.0.1', false],
    [undefined, '10.0.0.1', true],
  ])('%j may have had %s: %s', (networks, address, may) => {
    expect(mayHaveHad(networks, address)).toBe(may);
  });
});

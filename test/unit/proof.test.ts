import { describe, expect, it } from 'vitest';
import {
  appendLeaf,
  type CompactRange,
  EMPTY_RANGE,
  type Hash,
  leafHash,
  nodeHash,
  rootOf,
} from '../../lambda/trail/proof.ts';

const hex = (hash: Hash) => Buffer.from(hash).toString('hex');

/**
 * The reference tree of the Certificate Transparency project (certificate-transparency-go and
 * transparency-dev/merkle, testonly): its leaves, and the root after each.
 */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** The Merkle tree hash as RFC 6962 defines it, over all leaves at once. */
function definedRoot(leaves: Hash[]): Hash {
  const [only] = leaves;
  if (leaves.length === 1 && only) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

describe('the Merkle tree of a log', () => {
  it('has the root of RFC 6962 after each leaf of the published vectors', () => {
    let range: CompactRange = EMPTY_RANGE;
    const roots = LEAVES.map((leaf) => {
      range = appendLeaf(range, leafHash(Buffer.from(leaf, 'hex')));
      return hex(rootOf(range));
    });
    expect(roots).toEqual(ROOTS);
  });

  it('without leaves has the hash of nothing', () => {
    expect(hex(rootOf(EMPTY_RANGE))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('needs one hash for each bit of its size to go on, and has the defined root at every size', () => {
    const leaves: Hash[] = [];
    let range: CompactRange = EMPTY_RANGE;
    for (let size = 1; size <= 130; size++) {
      const leaf = leafHash(`leaf ${size}`);
      leaves.push(leaf);
      range = appendLeaf(range, leaf);
      expect(range.hashes).toHaveLength(size.toString(2).replaceAll('0', '').length);
      expect(hex(rootOf(range))).toBe(hex(definedRoot(leaves)));
    }
  });

  it('is refused where a hash is missing', () => {
    expect(() => appendLeaf({ size: 3, hashes: [] }, leafHash('x'))).toThrow(
      'a compact range of 3 leaves has too few hashes: 0',
    );
  });
});

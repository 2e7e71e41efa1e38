import { RFC9162 } from '@transmute/rfc9162';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compactRangeHashes,
  completedAt,
  consistencyProof,
  inclusionProof,
  type ReadNode,
  verifyConsistency,
  verifyInclusion,
} from '../../lambda/trail/merkle-proofs.ts';
import { EMPTY_RANGE, type Hash, leafHash, nodeHash, rootOf } from '../../lambda/trail/proof.ts';
import { growTree } from '../support/tampering/made-up-log.ts';
import { type Damage, damage } from '../support/tampering/proof-damage.ts';

const LARGEST = 70;
const { leaves } = growTree(Array.from({ length: LARGEST }, (_, index) => `entry ${index}`));
const leafAt = (index: number): Hash => leaves[index]?.leafHash ?? new Uint8Array();
const roots = [rootOf(EMPTY_RANGE), ...leaves.map(({ root }) => root)];
const rootAt = (size: number): Hash => roots[size] ?? new Uint8Array();
/** From the leaves, by the definition of RFC 6962: each level has the hashes of the pairs of the one below. */
const levels = [leaves.map(({ leafHash }) => leafHash)];
for (let below = levels[0] ?? []; below.length > 1; levels.push(below)) {
  below = below.flatMap((hash, index) => (index % 2 === 1 ? [nodeHash(below[index - 1] ?? hash, hash)] : []));
}
const readNode: ReadNode = async ({ level, index }) => levels[level]?.[index] ?? new Uint8Array();
/** From what each leaf completed when it was appended, as the store keeps it. */
const readStored: ReadNode = async (node) =>
  node.level === 0 ? leafAt(node.index) : (leaves[completedAt(node)]?.nodes?.[node.level - 1] ?? new Uint8Array());
const bytes = (hashes: readonly Hash[]) => hashes.map((hash) => new Uint8Array(hash));

/** A leaf and a tree that has it. */
const place = fc
  .integer({ min: 1, max: LARGEST })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));
/** A tree and a smaller one that it begins with. */
const beginning = fc
  .integer({ min: 2, max: LARGEST })
  .chain((second) => fc.record({ second: fc.constant(second), first: fc.integer({ min: 1, max: second - 1 }) }));
const harm: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('flip', 'remove', 'add', 'swap', 'cut', 'repeat'),
  at: fc.nat(),
  bit: fc.nat({ max: 255 }),
});

/**
 * The proofs published with the reference tree of the Certificate Transparency project (certificate-transparency-go and
 * transparency-dev/merkle, testonly): leaf 0 and leaf 5 of the tree of 8, and from 6 leaves to 8.
 */
describe('the published proofs of the reference tree', () => {
  const hash = (text: string): Hash => Buffer.from(text, 'hex');
  const root8 = hash('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  const root6 = hash('76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef');
  const [first4, last2] = [
    hash('d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'),
    hash('ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0'),
  ];
  const ofLeaf5 = [hash('bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'), last2, first4];
  const ofLeaf0 = [
    hash('96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'),
    hash('5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e'),
    hash('6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'),
  ];

  it('are believed, and in another order or of another leaf they are not', () => {
    const leaf5 = leafHash(Buffer.from('40414243', 'hex'));
    expect(verifyInclusion(leaf5, 5, 8, ofLeaf5, root8)).toBe(true);
    expect(verifyInclusion(leafHash(''), 0, 8, ofLeaf0, root8)).toBe(true);
    expect(verifyInclusion(leafHash(''), 0, 8, ofLeaf0.toReversed(), root8)).toBe(false);
    expect(verifyInclusion(leaf5, 5, 8, ofLeaf0, root8)).toBe(false);
    const between = hash('0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a');
    expect(verifyConsistency(6, root6, 8, root8, [between, last2, first4])).toBe(true);
    expect(verifyConsistency(6, root6, 8, root8, [last2, between, first4])).toBe(false);
  });
});

describe('proofs beside those of an implementation of RFC 9162 that is not ours', () => {
  const data = leaves.map(({ text }) => new Uint8Array(Buffer.from(text)));
  // Around each power of two, where the shape of a tree changes.
  const sizes = [...Array.from({ length: 17 }, (_, index) => index + 1), 32, 33];

  it('are the same of inclusion, and each believes the other’s', async () => {
    for (const size of sizes) {
      const entries = data.slice(0, size);
      const root = await RFC9162.treeHead(entries);
      expect(new Uint8Array(rootAt(size))).toEqual(new Uint8Array(root));
      for (let index = 0; index < size; index++) {
        const theirs = await RFC9162.inclusionProof(entries[index] ?? new Uint8Array(), entries);
        const ours = await inclusionProof(index, size, readNode);
        expect(bytes(ours)).toEqual(bytes(theirs.inclusion_path));
        expect(verifyInclusion(leafAt(index), index, size, theirs.inclusion_path, root)).toBe(true);
        const proof = { ...theirs, inclusion_path: bytes(ours) };
        expect(await RFC9162.verifyInclusionProof(root, new Uint8Array(leafAt(index)), proof)).toBe(true);
      }
    }
  });

  it('are the same of consistency, and each believes the other’s', async () => {
    for (const second of sizes) {
      const entries = data.slice(0, second);
      for (let first = 1; first < second; first++) {
        const theirs = await RFC9162.PROOF(first, entries);
        const ours = await consistencyProof(first, second, readNode);
        // It names the first tree's own root where that is a whole subtree; RFC 9162 leaves it out (section 2.1.4.1).
        const named = Number.isInteger(Math.log2(first)) ? [rootAt(first), ...ours] : ours;
        expect(bytes(named)).toEqual(bytes(theirs));
        expect(verifyConsistency(first, rootAt(first), second, rootAt(second), ours)).toBe(true);
        const proof = { log_id: '', tree_size_1: first, tree_size_2: second, consistency_path: bytes(named) };
        const [one, other] = [new Uint8Array(rootAt(first)), new Uint8Array(rootAt(second))];
        expect(await RFC9162.verifyConsistencyProof(one, other, proof)).toBe(true);
      }
    }
  });
});

describe('a proof fails with anything in it damaged', () => {
  // The leaf and the root, or both roots, are damaged as the path is: only all together are a proof.
  it.each([
    [
      'inclusion',
      place.map(({ index, size }) => ({
        whole: async () => [leafAt(index), rootAt(size), ...(await inclusionProof(index, size, readNode))],
        holds: (leaf: Hash, root: Hash, path: readonly Hash[]) => verifyInclusion(leaf, index, size, path, root),
      })),
    ],
    [
      'consistency',
      beginning.map(({ first, second }) => ({
        whole: async () => [rootAt(first), rootAt(second), ...(await consistencyProof(first, second, readNode))],
        holds: (one: Hash, other: Hash, path: readonly Hash[]) => verifyConsistency(first, one, second, other, path),
      })),
    ],
  ])('of %s', async (_, proofs) => {
    await fc.assert(
      fc.asyncProperty(proofs, harm, async ({ whole, holds }, what) => {
        const [one, other, ...path] = damage(await whole(), what);
        if (!one || !other) throw new Error('the damage took more than a part of the path');
        expect(holds(one, other, path)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a proof of inclusion', () => {
  it('holds for every leaf of every tree, and is the same from stored nodes as from the leaves', async () => {
    for (let size = 1; size <= LARGEST; size++) {
      expect(rootOf({ size, hashes: await compactRangeHashes(size, readStored) })).toEqual(rootAt(size));
      for (let index = 0; index < size; index++) {
        const path = await inclusionProof(index, size, readStored);
        expect(verifyInclusion(leafAt(index), index, size, path, rootAt(size))).toBe(true);
        if (size % 7 === 0) expect(path).toEqual(await inclusionProof(index, size, readNode));
      }
    }
  });

  it('is not one of another place, nor of another leaf', async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.nat({ max: LARGEST - 1 }), async ({ index, size }, other) => {
        fc.pre(other !== index);
        const path = await inclusionProof(index, size, readNode);
        expect(verifyInclusion(leafAt(index), other, size, path, rootAt(size))).toBe(false);
        expect(verifyInclusion(leafAt(other), index, size, path, rootAt(size))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('is none of a place outside of the tree', async () => {
    for (const [index, size] of [
      [0, 0],
      [3, 3],
      [-1, 3],
    ] as const) {
      await expect(inclusionProof(index, size, readNode)).rejects.toThrow(
        `a tree of ${size} leaves has no leaf ${index}`,
      );
      expect(verifyInclusion(leafAt(0), index, size, [], rootAt(3))).toBe(false);
    }
  });

  it('is none of bytes that are no hash: nothing is not the root of nothing', () => {
    const nothing = new Uint8Array();
    expect(verifyInclusion(nothing, 0, 1, [], nothing)).toBe(false);
    expect(verifyInclusion(leafAt(0), 0, 1, [], leafAt(0))).toBe(true);
  });
});

describe('a proof of consistency', () => {
  it('holds for every beginning of every tree', async () => {
    for (let second = 1; second <= LARGEST; second++) {
      for (let first = 1; first <= second; first++) {
        const proof = await consistencyProof(first, second, readNode);
        expect(verifyConsistency(first, rootAt(first), second, rootAt(second), proof)).toBe(true);
      }
    }
  });

  it('fails where the smaller tree is the larger one, or has another root', async () => {
    const proof = await consistencyProof(3, 7, readNode);
    expect(verifyConsistency(7, rootAt(7), 3, rootAt(3), proof)).toBe(false);
    expect(verifyConsistency(3, rootAt(4), 7, rootAt(7), proof)).toBe(false);
    expect(verifyConsistency(7, rootAt(7), 7, rootAt(6), [])).toBe(false);
    expect(verifyConsistency(7, rootAt(7), 7, rootAt(7), proof)).toBe(false);
    await expect(consistencyProof(7, 3, readNode)).rejects.toThrow('a tree of 3 leaves has no beginning of 7');
  });

  it('with the tree that has no leaves holds with that tree’s own root alone', async () => {
    const empty = rootOf(EMPTY_RANGE);
    expect(await consistencyProof(0, 7, readNode)).toEqual([]);
    expect(verifyConsistency(0, empty, 7, rootAt(7), [])).toBe(true);
    expect(verifyConsistency(0, empty, 0, empty, [])).toBe(true);
    expect(verifyConsistency(0, rootAt(1), 7, rootAt(7), [])).toBe(false);
    expect(verifyConsistency(0, empty, 0, rootAt(1), [])).toBe(false);
    expect(verifyConsistency(0, empty, 7, rootAt(7), [rootAt(1)])).toBe(false);
  });
});

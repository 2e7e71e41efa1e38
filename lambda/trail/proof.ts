import { createHash } from 'node:crypto';

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array;

/**
 * The hash of a leaf: SHA-256 of a zero byte and the leaf's data (RFC 6962, section 2.1).
 *
 * @param data the leaf's bytes; a text stands for its UTF-8
 */
export function leafHash(data: string | Uint8Array): Hash {
  return createHash('sha256').update(Uint8Array.of(0)).update(data).digest();
}

/** The hash of an inner node: SHA-256 of a one byte, the left hash and the right hash (RFC 6962, section 2.1). */
export function nodeHash(left: Hash, right: Hash): Hash {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/**
 * The state of a Merkle tree that is needed to append to it and to compute its root: the roots of the perfect
 * subtrees that make up its size, largest first, one for each bit that is set in the size.
 */
export interface CompactRange {
  /** Leaves in the tree. */
  readonly size: number;
  readonly hashes: readonly Hash[];
}

/** The tree without leaves. */
export const EMPTY_RANGE: CompactRange = { size: 0, hashes: [] };

/**
 * The roots of the perfect subtrees that a leaf completes when it is appended: the leaf itself, then the pair that it
 * completes, the four, and so on. All proofs consist of such nodes.
 *
 * @throws RangeError if the range has too few hashes for its size
 */
export function nodesCompletedBy(range: CompactRange, leaf: Hash): Hash[] {
  const nodes = [leaf];
  let node = leaf;
  for (let rest = range.size, used = 1; rest % 2 === 1; rest = Math.floor(rest / 2), used++) {
    const left = range.hashes.at(-used);
    if (!left)
      throw new RangeError(`a compact range of ${range.size} leaves has too few hashes: ${range.hashes.length}`);
    node = nodeHash(left, node);
    nodes.push(node);
  }
  return nodes;
}

/** The range with one leaf more. */
export function appendLeaf(range: CompactRange, leaf: Hash): CompactRange {
  const nodes = nodesCompletedBy(range, leaf);
  const kept = range.hashes.slice(0, range.hashes.length - (nodes.length - 1));
  return { size: range.size + 1, hashes: [...kept, nodes.at(-1) ?? leaf] };
}

/** The tree's root hash: of no leaves the hash of nothing (RFC 6962, section 2.1). */
export function rootOf(range: CompactRange): Hash {
  if (range.hashes.length === 0) return createHash('sha256').digest();
  return range.hashes.reduceRight((right, left) => nodeHash(left, right));
}

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
 * All that must be kept of a Merkle tree to go on appending to it and to know its root: the roots of the perfect
 * subtrees its size is made of, largest first; one for each bit that is set in the size.
 */
export interface CompactRange {
  /** Leaves in the tree. */
  readonly size: number;
  readonly hashes: readonly Hash[];
}

/** The tree without leaves. */
export const EMPTY_RANGE: CompactRange = { size: 0, hashes: [] };

/** The range with one leaf more. */
export function appendLeaf(range: CompactRange, leaf: Hash): CompactRange {
  const hashes = [...range.hashes];
  let node = leaf;
  for (let rest = range.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = hashes.pop();
    if (!left)
      throw new RangeError(`a compact range of ${range.size} leaves has too few hashes: ${range.hashes.length}`);
    node = nodeHash(left, node);
  }
  return { size: range.size + 1, hashes: [...hashes, node] };
}

/** The tree's root hash: of no leaves the hash of nothing (RFC 6962, section 2.1). */
export function rootOf(range: CompactRange): Hash {
  if (range.hashes.length === 0) return createHash('sha256').digest();
  return range.hashes.reduceRight((right, left) => nodeHash(left, right));
}

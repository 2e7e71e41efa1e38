import type { ReadNode } from '../../../lambda/trail/merkle-proofs.ts';
import {
  appendLeaf,
  EMPTY_RANGE,
  type Hash,
  leafHash,
  nodeHash,
  nodesCompletedBy,
  rootOf,
} from '../../../lambda/trail/proof.ts';

/** A tree of so many leaves, each with other data, and two ways to its nodes. */
export interface TestTree {
  readonly data: Uint8Array[];
  readonly leaves: readonly Hash[];
  readonly rootAt: (size: number) => Hash;
  /** From the leaves, by the definition of RFC 6962. */
  readonly readNode: ReadNode;
  /** What each leaf completed when it was appended, level 0 first: as the store keeps it. */
  readonly storedNodes: readonly (readonly Hash[])[];
}

/** Grows a tree as the recorder does. */
export function growTestTree(size: number): TestTree {
  const data = Array.from({ length: size }, (_, index) => new Uint8Array(Buffer.from(`entry ${index}`)));
  const leaves = data.map((one) => leafHash(one));
  const roots = [rootOf(EMPTY_RANGE)];
  const storedNodes: Hash[][] = [];
  let range = EMPTY_RANGE;
  for (const leaf of leaves) {
    storedNodes.push(nodesCompletedBy(range, leaf));
    range = appendLeaf(range, leaf);
    roots.push(rootOf(range));
  }
  const known = new Map<string, Hash>();
  const hashAt = (level: number, index: number): Hash => {
    const name = `${level}.${index}`;
    const found = known.get(name) ?? (level === 0 ? leaves[index] : undefined);
    const hash = found ?? nodeHash(hashAt(level - 1, index * 2), hashAt(level - 1, index * 2 + 1));
    known.set(name, hash);
    return hash;
  };
  const rootAt = (leavesIn: number): Hash => roots[leavesIn] ?? new Uint8Array();
  return { data, leaves, rootAt, storedNodes, readNode: async ({ level, index }) => hashAt(level, index) };
}

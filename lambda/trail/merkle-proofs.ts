import { EMPTY_RANGE, type Hash, nodeHash, rootOf } from './proof.ts';

/** The root of a perfect subtree: of the 2^level leaves from index × 2^level on. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Leaves from `from` up to, but excluding, `to`. */
interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** Reads the root of a perfect subtree. */
export type ReadNode = (node: TreeNode) => Promise<Hash>;

/** The leaf whose append completed the node: its place in the log. */
export function completedAt({ level, index }: TreeNode): number {
  return (index + 1) * 2 ** level - 1;
}

/**
 * The audit path of a leaf, from its sibling up (RFC 6962, section 2.1.1).
 *
 * @param index the leaf's place in the log, from 0
 * @param size leaves in the tree
 * @throws RangeError if the tree has no such leaf
 */
export async function inclusionProof(index: number, size: number, readNode: ReadNode): Promise<Hash[]> {
  if (index < 0 || index >= size) throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`);
  return Promise.all(pathOf(index, { from: 0, to: size }).map((span) => hashOf(span, readNode)));
}

/**
 * The consistency proof between the trees of the first `first` and `second` leaves (RFC 6962, section 2.1.2). Empty
 * if the sizes are equal, or the first tree has no leaves.
 *
 * @throws RangeError if the first is the larger one
 */
export async function consistencyProof(first: number, second: number, readNode: ReadNode): Promise<Hash[]> {
  if (first < 0 || first > second) throw new RangeError(`a tree of ${second} leaves has no beginning of ${first}`);
  if (first === 0) return [];
  const spans = subproof(first, { from: 0, to: second }, true);
  return Promise.all(spans.map((span) => hashOf(span, readNode)));
}

/** The roots of the perfect subtrees that make up the first `size` leaves, largest first: a compact range. */
export async function compactRangeHashes(size: number, readNode: ReadNode): Promise<Hash[]> {
  return Promise.all(perfectNodes({ from: 0, to: size }).map(readNode));
}

/** Checks an audit path (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  path: readonly Hash[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size || ![leaf, root, ...path].every(isHash)) return false;
  let node = leaf;
  let [fn, sn] = [index, size - 1];
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      node = nodeHash(node, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isEqual(node, root);
}

/**
 * Checks a consistency proof (RFC 9162, section 2.1.4.2). The RFC does not cover the empty tree: it is consistent with every
 * tree if its root is the known one.
 */
export function verifyConsistency(
  first: number,
  firstRoot: Uint8Array,
  second: number,
  secondRoot: Uint8Array,
  proof: readonly Hash[],
): boolean {
  if (first < 0 || first > second || (first === 0 && !isEqual(firstRoot, rootOf(EMPTY_RANGE)))) return false;
  if (first === second) return proof.length === 0 && isEqual(firstRoot, secondRoot);
  if (first === 0) return proof.length === 0;
  if (proof.length === 0 || ![firstRoot, secondRoot, ...proof].every(isHash)) return false;
  const path = Number.isInteger(Math.log2(first)) ? [firstRoot, ...proof] : proof;
  const [start, ...rest] = path;
  if (!start) return false;
  let [fn, sn] = [first - 1, second - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [one, other] = [start, start];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      one = nodeHash(hash, one);
      other = nodeHash(hash, other);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      other = nodeHash(other, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isEqual(one, firstRoot) && isEqual(other, secondRoot);
}

/** Whether two hashes are the same bytes. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Only 32 bytes are a hash: otherwise the concatenation of two hashes could be split at another place. */
const isHash = (bytes: Uint8Array): boolean => bytes.length === 32;

const half = (number: number): number => Math.floor(number / 2);

/** The two subtrees of at least two leaves: the left one has the largest power of two below their number. */
function halvesOf({ from, to }: LeafRange): [left: LeafRange, right: LeafRange] {
  let power = 1;
  while (power * 2 < to - from) power *= 2;
  return [
    { from, to: from + power },
    { from: from + power, to },
  ];
}

function pathOf(index: number, span: LeafRange): LeafRange[] {
  if (span.to - span.from === 1) return [];
  const [left, right] = halvesOf(span);
  return index < right.from ? [...pathOf(index, left), right] : [...pathOf(index, right), left];
}

function subproof(first: number, span: LeafRange, isWhole: boolean): LeafRange[] {
  if (first === span.to) return isWhole ? [] : [span];
  const [left, right] = halvesOf(span);
  return first <= right.from ? [...subproof(first, left, isWhole), right] : [...subproof(first, right, false), left];
}

async function hashOf(span: LeafRange, readNode: ReadNode): Promise<Hash> {
  const hashes = await Promise.all(perfectNodes(span).map(readNode));
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** Proofs are made of spans that begin at a multiple of a power of two no smaller than they are. */
function perfectNodes({ from, to }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let start = from; start < to; ) {
    let level = 0;
    while (start + 2 ** (level + 1) <= to && start % 2 ** (level + 1) === 0) level++;
    nodes.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return nodes;
}

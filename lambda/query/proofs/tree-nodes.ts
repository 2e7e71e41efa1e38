import type { LogEntry } from '../../dynamodb/log-reads.ts';
import { completedAt, type ReadNode, type TreeNode } from '../../trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, type Hash, rootOf } from '../../trail/proof.ts';

/** The entries that nodes are read from. */
interface NodeSource {
  find(entry: number): Promise<Pick<LogEntry, 'leafHash' | 'nodes'>>;
  readLeafHashes(first: number, last: number): Promise<Hash[]>;
}

/**
 * Reads the nodes of a log's tree. Those in the checkpoint's compact range cost nothing; the others are stored with the entries
 * that completed them. None is trusted: the resulting proof is checked (ADR 18).
 */
export function treeNodes(finder: NodeSource, range: CompactRange): ReadNode {
  const nodes = new Map<string, Promise<Hash>>();
  for (const { node, hash } of nodesOf(range)) nodes.set(nodeKey(node), Promise.resolve(hash));
  return (node) => {
    const name = nodeKey(node);
    const hash = nodes.get(name) ?? readNode(finder, node);
    nodes.set(name, hash);
    return hash;
  };
}

const nodeKey = ({ level, index }: TreeNode): string => `${level}/${index}`;

/** The nodes that a compact range holds: one for each bit of its size, largest first. */
function nodesOf({ size, hashes }: CompactRange): { node: TreeNode; hash: Hash }[] {
  let level = Math.floor(Math.log2(size));
  let start = 0;
  return hashes.map((hash) => {
    while (start + 2 ** level > size) level -= 1;
    const node = { level, index: start / 2 ** level };
    start += 2 ** level;
    return { node, hash };
  });
}

async function readNode(finder: NodeSource, node: TreeNode): Promise<Hash> {
  const { level, index } = node;
  const last = completedAt(node);
  const { leafHash, nodes } = await finder.find(last);
  const stored = level === 0 ? leafHash : nodes?.[level - 1];
  if (stored) return stored;
  // Written before entries stored nodes. The entries below are as old, so each leaf must be read.
  const leaves = await finder.readLeafHashes(index * 2 ** level, last);
  return rootOf(leaves.reduce(appendLeaf, EMPTY_RANGE));
}

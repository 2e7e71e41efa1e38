import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, type Hash, nodesCompletedBy, rootOf } from '../../lambda/trail/proof.ts';
import type { Findings } from '../findings.ts';
import type { StoredEntry } from './stored-log.ts';

/** A tree before an entry, and the entry's leaf. */
interface Growth {
  readonly before: CompactRange;
  readonly leaf: Hash;
}

/**
 * Checks an item's tree hashes: they must match the signed tree, or at least the store's own manifests. In the second case the
 * manifests are wrong, and were reported already.
 */
export function checkTree(endpointId: string, item: StoredEntry, growths: readonly Growth[], findings: Findings): void {
  const { slot, manifest } = item;
  for (const field of ['leafHash', 'root', 'nodes'] as const) {
    if (growths.some((growth) => isRight(item, field, growth))) continue;
    const message = `The attribute ${field} of entry ${manifest?.entry} is not what the manifests give.`;
    findings.fault({
      kind: 'tree-changed',
      place: 'store',
      endpointId,
      entry: manifest?.entry,
      slot,
      field,
      message,
    });
  }
}

function isRight(item: StoredEntry, field: 'leafHash' | 'root' | 'nodes', { before, leaf }: Growth): boolean {
  if (field === 'leafHash') return isEqual(item.leafHash, leaf);
  if (field === 'root') return isEqual(item.root, rootOf(appendLeaf(before, leaf)));
  const [, ...nodes] = nodesCompletedBy(before, leaf);
  // Entries of earlier versions have none.
  return item.nodes === undefined || isEqual(item.nodes, Buffer.concat(nodes));
}

import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { toCheckpointItem } from '../../lambda/dynamodb/snapshot-items.ts';
import { appendLeaf, EMPTY_RANGE } from '../../lambda/trail/proof.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { differencesOf } from '../compare-item.ts';
import type { FaultKind, Findings } from '../findings.ts';
import type { CheckpointReading } from './trusted-checkpoint.ts';
import type { HeadedLog } from './verify-head.ts';

/** Verifies that the store's newest checkpoint is signed, and that its attributes match its note and the log. */
export function verifyStoredCheckpoint(
  endpointId: string,
  item: Item,
  reading: CheckpointReading,
  {
    manifests,
    leaves,
    isTied,
  }: Omit<HeadedLog, 'manifests'> & { readonly manifests: readonly Pick<Manifest, 'slot'>[] },
  findings: Findings,
): void {
  const fault = (kind: FaultKind, message: string, field?: string) =>
    findings.fault({ kind, place: 'store', endpointId, field, message });
  if (!reading.checkpoint) {
    fault(reading.refused, `The store's newest checkpoint is not to be trusted: ${reading.why}.`, 'note');
    return;
  }
  const { size } = reading.checkpoint;
  const isKnown = isTied && leaves.length >= size;
  const { hashes } = leaves.slice(0, isKnown ? size : 0).reduce(appendLeaf, EMPTY_RANGE);
  const wanted = toCheckpointItem({
    endpointId,
    size,
    slot: manifests[size - 1]?.slot ?? '',
    hashes,
    note: String(item.note),
    publicKey: reading.publicKey,
  });
  // If the log differs from the signed one, its hashes are unknown; that is reported separately.
  const foreign = Object.keys(item).filter((name) => !(name in wanted));
  const only = isKnown ? undefined : new Set(['size', 'publicKey', ...foreign]);
  for (const { field, words } of differencesOf(item, wanted, only)) {
    fault('checkpoint-changed', `The store's newest checkpoint: ${words}.`, field);
  }
}

/**
 * An interrupted recorder leaves the store's checkpoint at most one entry behind the archive.
 *
 * @param item the store's checkpoint, read after the archive was
 */
export function verifyNotRolledBack(
  endpointId: string,
  item: Item | undefined,
  newestArchived: number,
  findings: Findings,
): void {
  const size = item ? Number(item.size) : 0;
  if (newestArchived - size <= 1) return;
  const kind = item ? 'checkpoint-rolled-back' : 'checkpoint-removed';
  const what = item ? `is of ${size} entries` : 'is not there';
  const message = `The store's newest checkpoint ${what}; the archive has one of ${newestArchived}.`;
  findings.fault({ kind, place: 'store', endpointId, message });
}

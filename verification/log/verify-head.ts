import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { toHeadItem } from '../../lambda/dynamodb/snapshot-items.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { nextHead } from '../../lambda/trail/log.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { differencesOf } from '../compare-item.ts';
import type { FaultKind, Findings } from '../findings.ts';
import type { VerifiedLog } from './verify-log.ts';

/** The log up to the time when its head was read: from the first entry on, without missing ones. */
export type HeadedLog = Pick<VerifiedLog, 'manifests' | 'leaves' | 'isTied'>;

/** Verifies that the head follows from the log, attribute by attribute. */
export function verifyHead(endpointId: string, item: Item | undefined, log: HeadedLog, findings: Findings): void {
  const fault = (kind: FaultKind, message: string, field?: string) =>
    findings.fault({ kind, place: 'store', endpointId, field, message });
  const heads = headsOf(log, Number(item?.entry));
  if (!heads.last) {
    if (item) fault('head-added', 'The store has a head for a log that has no entries.');
    return;
  }
  if (!item) {
    fault('head-removed', 'The head of the log is not there: the recorder would begin the log anew.');
    return;
  }
  const differences = differencesOf(item, toHeadItem(heads.last));
  if (differences.length > 0 && heads.earlier && differencesOf(item, toHeadItem(heads.earlier)).length === 0) {
    const message = `The head of the log is as it was after entry ${heads.earlier.entry}; the log goes on to entry ${heads.last.entry}.`;
    fault('head-changed', message, 'entry');
    return;
  }
  for (const { field, words } of differences) {
    if (log.isTied || field !== 'hashes') fault('head-changed', `The head of the log: ${words}.`, field);
  }
}

/** The head after the last entry, and the one after an earlier entry. */
function headsOf(
  { manifests, leaves }: HeadedLog,
  entry: number,
): { last: Head | undefined; earlier: Head | undefined } {
  let last: Head | undefined;
  let earlier: Head | undefined;
  for (const [index, manifest] of manifests.entries()) {
    last = nextHead(last, manifest, leaves[index] ?? leafHash(manifestText(manifest)));
    if (last.entry === entry) earlier = last;
  }
  return { last, earlier };
}

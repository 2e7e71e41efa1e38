import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, rootOf } from '../../lambda/trail/proof.ts';
import { type LogState, rootBytes } from '../../lambda/trail/trail-log.ts';
import type { FaultKind, FaultPlace, Findings } from '../findings.ts';
import type { VerifiedLog } from '../log/verify-log.ts';
import type { VerifiedTrailLog } from './judge-trail-log.ts';

/** A log that was verified by itself. */
export type NamedLog = Pick<VerifiedLog, 'manifests' | 'leaves' | 'isTied' | 'known' | 'anchored'>;

/**
 * Verifies that the logs are those that the trail's checkpoints named: none is missing, none is shorter, each had that root.
 *
 * @param isAll whether all logs were verified
 */
export function verifyClaims(
  trails: readonly VerifiedTrailLog[],
  logs: ReadonlyMap<string, NamedLog>,
  where: { readonly place: FaultPlace; readonly isAll: boolean },
  findings: Findings,
): void {
  if (trails.length === 0 && where.isAll && logs.size > 0) {
    findings.note(
      'No trail checkpoint names the logs: none has been signed yet, or all were removed, from store and archive alike; only one that was kept would tell.',
    );
  }
  for (const { claims } of trails) {
    for (const [endpointId, states] of claims.states) {
      const log = logs.get(endpointId);
      const fault = (kind: FaultKind, message: string, entry?: number) =>
        findings.fault({
          kind,
          place: where.place,
          endpointId,
          entry,
          slot: log?.manifests[entry ?? -1]?.slot,
          message,
        });
      if (log) verifyStates(log, states, fault);
      else if (where.isAll) {
        const message = `The trail’s checkpoint names ${states.at(-1)?.size} entries of this log; there is nothing of it, in store and archive alike.`;
        fault('log-removed', message);
      }
    }
  }
}

function verifyStates(
  { manifests, leaves, isTied, known }: NamedLog,
  states: readonly LogState[],
  fault: (kind: FaultKind, message: string, entry?: number) => void,
): void {
  const length = Math.max(known, (manifests.at(-1)?.entry ?? -1) + 1);
  const longest = states.at(-1)?.size ?? 0;
  if (longest > length) {
    const message = `The trail’s checkpoint names ${longest} entries of this log; there are ${length}: the newest are not there, in store and archive alike.`;
    fault('log-rolled-back', message, length);
  }
  // What contradicts its own checkpoints was reported with them.
  if (!isTied) return;
  let range: CompactRange = EMPTY_RANGE;
  for (const { size, root } of states) {
    if (size > leaves.length) return;
    range = leaves.slice(range.size, size).reduce(appendLeaf, range);
    if (isEqual(rootOf(range), rootBytes(root))) continue;
    fault(
      'log-rewritten',
      `Entries 0 to ${size - 1} do not give the root that the trail’s checkpoint names.`,
      size - 1,
    );
    return;
  }
}

import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { toFailureNote } from '../../lambda/dynamodb/snapshot-items.ts';
import { Unreadable } from '../../lambda/trail/judged.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant } from '../../lambda/trail/time.ts';
import { type Findings, signedAre } from '../findings.ts';
import type { VerifiedTrailLog } from './judge-trail-log.ts';
import type { NamedLog } from './verify-claims.ts';

/**
 * An entry that is older than something that the trail's checkpoints name by more than this cannot have been missed by one recording
 * that was interrupted: AWS's window, in seconds.
 */
const INTERRUPTED_SECONDS = 3600;

/**
 * Verifies that no entry was signed long before the trail's newest checkpoint without being in it. An entry may be signed later than it
 * was captured, and a checkpoint has no time: where the recorder noted that the log's own checkpoint failed meanwhile, that explains it,
 * and it is a note.
 *
 * @param store where the failures are; undefined if the archive alone is verified, which has none
 */
export async function verifyUnnamed(
  { claims: { states } }: Pick<VerifiedTrailLog, 'claims'>,
  logs: ReadonlyMap<string, NamedLog>,
  store: Pick<StoredEvidence, 'readFailures'> | undefined,
  findings: Findings,
): Promise<void> {
  const named = [...states].flatMap(([endpointId, all]) =>
    all.flatMap(({ size }) => logs.get(endpointId)?.manifests[size - 1] ?? []),
  );
  for (const [endpointId, log] of logs) {
    const entry = states.get(endpointId)?.at(-1)?.size ?? 0;
    if (log.anchored <= entry) continue;
    const first = log.manifests[entry];
    const late = first ? named.filter((one) => isLongAfter(one, first)) : [];
    const unsigned = `${endpointId}: ${signedAre(log.anchored - entry)} in no trail checkpoint yet`;
    if (!first || late.length === 0) findings.note(`${unsigned}; the next recording does it.`);
    else if (!store) {
      findings.note(
        `${unsigned}, although its newest is of ${newestOf(late)}. Whether the log’s own checkpoint failed meanwhile, only the store tells, which was not read.`,
      );
    } else if (areAllNear(late, await failureTimes(store, endpointId))) {
      findings.note(
        `${unsigned}, although its newest is of ${newestOf(late)}: meanwhile recordings of it failed, as the notes of failures say, which nobody signs; the next recording does it.`,
      );
    } else {
      const message = `Entries from ${entry} on are signed, and in no checkpoint of the trail, although its newest is of ${newestOf(late)}, and no failure is noted that explains it.`;
      findings.fault({ kind: 'log-unnamed', place: 'store', endpointId, entry, slot: first.slot, message });
    }
  }
}

/** By the earlier and the later of both clocks: so that neither, set wrong, accuses anybody. */
function isLongAfter(one: Manifest, first: Manifest): boolean {
  const times = ({ f, ownF = f }: Manifest) => [f, ownF].sort();
  return addSeconds(times(first)[1] ?? '', INTERRUPTED_SECONDS) < (times(one)[0] ?? '');
}

const newestOf = (manifests: readonly Manifest[]): Instant | undefined =>
  manifests
    .map(({ f }) => f)
    .sort()
    .at(-1);

/** Whether a failure was noted within an hour of each; notes have the machine's time. */
function areAllNear(manifests: readonly Manifest[], failures: readonly Instant[]): boolean {
  return manifests.every(({ f, ownF = f }) =>
    failures.some((at) => addSeconds(at, -INTERRUPTED_SECONDS) <= ownF && ownF <= addSeconds(at, INTERRUPTED_SECONDS)),
  );
}

/** When recordings of the endpoint failed; that something newer was there already is no failure. Notes that are none are faults elsewhere. */
async function failureTimes(store: Pick<StoredEvidence, 'readFailures'>, endpointId: string): Promise<Instant[]> {
  const times: Instant[] = [];
  for await (const item of store.readFailures(endpointId)) {
    try {
      const { at, reason } = toFailureNote(item);
      if (reason !== 'superseded') times.push(at);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
  }
  return times;
}

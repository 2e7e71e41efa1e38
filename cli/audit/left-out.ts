import { fewAtOnce } from '../../lambda/few-at-once.ts';
import { checkpointAnswer, proofAnswer, type TrailCheckpointAnswer } from '../../lambda/query/schemas/evidence.ts';
import { snapshotAnswer } from '../../lambda/query/schemas/trail.ts';
import { nameOfOrigin, readTrailEntry } from '../../lambda/trail/trail-log.ts';
import type { LeftOutAnswer, LeftOutLog } from '../../verification/exports/left-out.ts';
import { type Api, REQUESTS_AT_ONCE } from '../api/client.ts';

/**
 * Of each log under the checkpoint over all logs that a pack leaves out its last signed entry: that names the account and the Region.
 *
 * @param taken the endpoints of the pack
 * @throws errors of the queries
 */
export async function gatherLeftOut(
  api: Api,
  { entry }: Pick<TrailCheckpointAnswer, 'entry'>,
  taken: readonly string[],
): Promise<LeftOutAnswer> {
  const named = (readTrailEntry(entry)?.logs ?? []).map(({ origin }) => nameOfOrigin(origin));
  const others = named.filter((endpointId) => !taken.includes(endpointId));
  const leftOut = await fewAtOnce(others, REQUESTS_AT_ONCE, async (endpointId): Promise<LeftOutLog> => {
    const { slot } = await api.ask(['checkpoints', endpointId], {}, checkpointAnswer);
    const { canonical } = await api.ask(['snapshots', endpointId, slot], {}, snapshotAnswer);
    const { checkpoint, inclusion } = await api.ask(['snapshots', endpointId, slot, 'proof'], {}, proofAnswer);
    return { endpointId, canonical, checkpoint, inclusion };
  });
  return { leftOut };
}

import { checkpointAnswer } from '../../../lambda/query/schemas/evidence.ts';
import { endpointsAnswer } from '../../../lambda/query/schemas/trail.ts';
import type { EvidenceRange } from '../../../lambda/trail/export-manifest.ts';
import type { Instant } from '../../../lambda/trail/time.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Api } from '../../api/client.ts';
import { takeEntriesBeside } from './entries-beside.ts';
import { type EvidenceCounts, EvidenceFolder } from './evidence-folder.ts';
import { slotsOutside, widerReach } from './rows-outside.ts';
import { type EvidenceReach, EvidenceStretch } from './stretch.ts';
import { tieToCheckpoint } from './tie-to-checkpoint.ts';
import { lastSnapshotBefore } from './walk-log.ts';

/** The evidence of an export. */
export interface GatheredEvidence {
  readonly ranges: readonly EvidenceRange[];
  readonly checkpoints: readonly { readonly endpointId: string; readonly note: string }[];
  readonly counts: EvidenceCounts;
  /** From when on it proves nothing: the newest snapshots may not be signed yet. */
  readonly pendingSince?: Instant | undefined;
}

interface Gathering {
  readonly api: Api;
  /** The query, with its window. */
  readonly question: Readonly<Record<string, readonly string[]>>;
  readonly window: { readonly since: Instant; readonly until: Instant };
  /** The rows of its answer. */
  readonly spool: string;
  readonly folder: string;
  readonly now: () => Date;
  readonly onProgress: (counts: EvidenceCounts) => void;
}

/**
 * Gathers the evidence of an export: for each endpoint the range of the log around the window, with all its rows, and entries
 * outside it in which a row was first or last seen; all under the signed checkpoint, which is read last.
 *
 * @throws errors of the query; ApiFailure if the parts do not match
 */
export async function gatherEvidence(gathering: Gathering): Promise<GatheredEvidence> {
  const { api, window, spool, onProgress } = gathering;
  const folder = new EvidenceFolder(gathering.folder, api, gathering.now);
  const progress = () => onProgress(folder.counts);
  const walk = (stretch: EvidenceStretch, size: number) => stretch.goOn(api, folder, size, progress);
  const stretches = new Map<string, EvidenceStretch>();
  for (const endpointId of await endpointsOf(gathering)) {
    const from = await lastSnapshotBefore(api, endpointId, window.since);
    stretches.set(endpointId, await begin(api, endpointId, { from, until: window.until }, walk));
  }
  for (const [endpointId, outside] of await slotsOutside(spool, stretches)) {
    const stretch = stretches.get(endpointId);
    const reach = stretch && widerReach(stretch, outside, stretches.size);
    if (reach) stretches.set(endpointId, await begin(api, endpointId, reach, walk));
  }
  const beside = await takeEntriesBeside(api, spool, stretches, folder);
  progress();
  const tied = [];
  for (const [endpointId, stretch] of stretches) {
    const entries = [...(beside.get(endpointId)?.values() ?? [])];
    tied.push(await tieToCheckpoint(api, stretch, entries, (size) => walk(stretch, size)));
  }
  const checkpoints = tied.map(({ checkpoint }) => checkpoint);
  await folder.replaceCheckpoints(checkpoints);
  return {
    ranges: tied.map(({ range }) => range),
    checkpoints: checkpoints.map(({ endpointId, note }) => ({ endpointId, note })),
    counts: folder.counts,
    pendingSince: pendingSinceOf([...stretches.values()]),
  };
}

function pendingSinceOf(stretches: readonly EvidenceStretch[]): Instant | undefined {
  const open = stretches.filter(({ isClosed }) => !isClosed);
  // If nothing is proven at all, the manifest itself says so.
  return open.flatMap(({ pendingSince }) => pendingSince || []).sort()[0];
}

/** The endpoints of the query: those in the coverage of the API's answer. */
async function endpointsOf({ api, question }: Gathering): Promise<string[]> {
  const { endpoints } = await api.ask(['endpoints'], {}, endpointsAnswer);
  const wanted = question.endpoint ?? [];
  const asked = endpoints.filter(({ endpointId }) => wanted.length === 0 || wanted.includes(endpointId));
  return asked.map(({ endpointId }) => endpointId);
}

async function begin(
  api: Api,
  endpointId: string,
  reach: EvidenceReach,
  walk: (stretch: EvidenceStretch, size: number) => Promise<void>,
): Promise<EvidenceStretch> {
  const { size } = await api.ask(['checkpoints', endpointId], {}, checkpointAnswer);
  const stretch = new EvidenceStretch(endpointId, reach);
  await walk(stretch, size);
  if (stretch.leaves.length > 0) return stretch;
  throw new ApiFailure(
    `The newest snapshots of ${endpointId} are signed with the next run of the recorder. Go on then.`,
  );
}

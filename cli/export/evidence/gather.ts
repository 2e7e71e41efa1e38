import type { AnswerCoverage } from '../../../lambda/query/schemas/coverage.ts';
import { checkpointAnswer } from '../../../lambda/query/schemas/evidence.ts';
import { endpointsAnswer } from '../../../lambda/query/schemas/trail.ts';
import type { ExportManifest } from '../../../lambda/trail/export-manifest.ts';
import { DAY_SECONDS, earlier, type Instant, secondsBetween, toInstant } from '../../../lambda/trail/time.ts';
import { isOfNow } from '../../../verification/exports/exported-question.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Api } from '../../api/client.ts';
import { takeEntriesBeside } from './entries-beside.ts';
import { type EvidenceCounts, EvidenceFolder } from './evidence-folder.ts';
import { type GatheredProof, joinReaches, reachesNeeded, type WiderReach } from './reach-needed.ts';
import { slotsOutside, widerReach } from './rows-outside.ts';
import { type EvidenceReach, EvidenceStretch } from './stretch.ts';
import { tieToCheckpoint } from './tie-to-checkpoint.ts';
import { lastSnapshotBefore } from './walk-log.ts';

/** The evidence of an export. */
export interface GatheredEvidence extends GatheredProof {
  readonly counts: EvidenceCounts;
}

interface Gathering {
  readonly api: Api;
  /** The query, with its window. */
  readonly question: Readonly<Record<string, readonly string[]>>;
  readonly window: ExportManifest['window'];
  /** The coverage of its answer, whose rows are in the spool. */
  readonly coverage: AnswerCoverage;
  readonly spool: string;
  readonly folder: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress: (counts: EvidenceCounts) => void;
}

/** Status is that of the newest snapshot: the log is included from the window to there, if that is not more than this, in seconds. */
const MOST_UNTIL_NOW = 7 * DAY_SECONDS;

/**
 * Gathers the evidence of an export: for each endpoint the range of the log around the window, with all its rows, and entries
 * outside it in which a row was first or last seen; all under the signed checkpoint, which is read last. Where the verifier would
 * find that a row, or one that is left out, rests on entries before or after, the range reaches to there (ADR 34).
 *
 * @throws errors of the query; ApiFailure if the parts do not match
 */
export async function gatherEvidence(gathering: Gathering): Promise<GatheredEvidence> {
  const { question, window, now } = gathering;
  const isNear = secondsBetween(window.until, toInstant(now())) <= MOST_UNTIL_NOW;
  const least: WiderReach = isOfNow(question) && isNear ? { through: END_OF_TIME } : {};
  let reaches = new Map<string, WiderReach>();
  let gathered = await gatherOnce(gathering, (endpointId) => joinReaches(least, reaches.get(endpointId)));
  for (const direction of ['back', 'on'] as const) {
    const wider = await reachesNeeded(gathering, gathered, direction);
    if (wider.size === 0) break;
    const endpoints = new Set([...reaches.keys(), ...wider.keys()]);
    reaches = new Map([...endpoints].map((id) => [id, joinReaches(reaches.get(id), wider.get(id))]));
    gathered = await gatherOnce(gathering, (endpointId) => joinReaches(least, reaches.get(endpointId)));
  }
  return gathered;
}

const END_OF_TIME: Instant = '9999-12-31T23:59:59Z';

async function gatherOnce(
  gathering: Gathering,
  widerOf: (endpointId: string) => WiderReach,
): Promise<GatheredEvidence> {
  const { api, window, spool, onProgress } = gathering;
  const folder = new EvidenceFolder(gathering.folder, api, gathering.now);
  const progress = () => onProgress(folder.counts);
  const walk = (stretch: EvidenceStretch, size: number) => stretch.goOn(api, folder, size, progress);
  const stretches = new Map<string, EvidenceStretch>();
  for (const endpointId of await endpointsOf(gathering)) {
    const { from = '~', through } = widerOf(endpointId);
    const before = await lastSnapshotBefore(api, endpointId, window.since);
    const reach = { from: before && earlier(before, from), until: window.until, through };
    stretches.set(endpointId, await begin(api, endpointId, reach, walk));
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
    publicKeys: checkpoints.map(({ publicKey }) => publicKey),
    counts: folder.counts,
    pendingSince: pendingSinceOf([...stretches.values()]),
  };
}

function pendingSinceOf(stretches: readonly EvidenceStretch[]): Instant | undefined {
  const open = stretches.filter(({ isClosed }) => !isClosed);
  // If nothing is proven at all, the manifest itself says so.
  return open.flatMap(({ pendingSince }) => pendingSince || []).sort()[0];
}

/**
 * The endpoints of the query: those in the coverage of the API's answer.
 *
 * @throws ApiFailure if nothing is recorded yet of one: there is no evidence of it
 */
async function endpointsOf({ api, question }: Gathering): Promise<string[]> {
  const { endpoint, account, region } = question;
  const { endpoints } = await api.ask(['endpoints'], { endpoint, account, region }, endpointsAnswer);
  const without = endpoints.find(({ state }) => state === 'not-recorded-yet')?.endpointId;
  if (without !== undefined) {
    throw new ApiFailure(
      `Nothing has been recorded of ${without} yet, so there is no evidence of it. Name the others with --endpoint, or export without --evidence.`,
    );
  }
  return endpoints.map(({ endpointId }) => endpointId);
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

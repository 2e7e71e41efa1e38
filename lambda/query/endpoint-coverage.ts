import type { DynamoDbTrailReads } from '../dynamodb/trail-reads.ts';
import { skewOf } from '../trail/clocks.ts';
import { gapBetween, listedSince } from '../trail/coverage.ts';
import { gapReasons, knownReasons } from '../trail/gap-reasons.ts';
import type { Head } from '../trail/head.ts';
import { isProof, provenS } from '../trail/log.ts';
import { concerns, ownerOf } from '../trail/owner.ts';
import { addSeconds, earlier, type Instant, later, secondsBetween, toInstant } from '../trail/time.ts';
import { createdAt, type EndpointState, isDeleted } from './endpoint-state.ts';
import type { QuerySettings } from './env.ts';
import type { GapAnswer } from './schemas/coverage.ts';

/** The stores that coverage is computed from. */
export interface CoveragePorts {
  readonly reads: DynamoDbTrailReads;
  readonly settings: Pick<QuerySettings, 'EPSILON_SECONDS' | 'INTERVAL_MINUTES' | 'TARGETS'>;
  readonly now: () => Date;
}

/** The extent of an endpoint's trail. */
export interface Reach {
  readonly state: EndpointState;
  /**
   * From here on the trail is proven, except for its gaps; absent if nothing is. It is the endpoint's creation if that
   * is not before the time that the first snapshot proves.
   */
  readonly provenSince?: Instant;
  /** The first snapshot reaches back to the endpoint's creation, so nothing is missing before it. */
  readonly sinceCreation: boolean;
  /** Later events may be known only with the next snapshot; absent for a deleted endpoint that is fully projected. */
  readonly pendingSince?: Instant;
  /** A gap that the next snapshot will end, or that will never end. */
  readonly ongoing?: GapAnswer;
}

/** Whether two more snapshots should have followed: then the proven time does not stand for "up to now". */
export function isLate({ settings }: Pick<CoveragePorts, 'settings'>, pendingSince: Instant, now: Instant): boolean {
  const { INTERVAL_MINUTES, EPSILON_SECONDS } = settings;
  return secondsBetween(pendingSince, now) > 2 * 60 * INTERVAL_MINUTES + 2 * EPSILON_SECONDS;
}

/** Determines the extent of an endpoint's trail. */
export async function reachOf(ports: CoveragePorts, state: EndpointState): Promise<Reach> {
  const { head, endpointId } = state;
  const first = head && (await firstProof(ports.reads, endpointId, head));
  const created = createdAt(state);
  const sinceCreation = created !== undefined && first !== undefined && created >= first;
  const ends = {
    ...(first === undefined ? {} : { provenSince: sinceCreation ? created : first }),
    sinceCreation,
  };
  if (!head || (isDeleted(state) && isProjected(state, head))) return { state, ...ends };
  const known = await knownThrough(ports, state, head, ends.provenSince);
  const pendingSince = created === undefined ? known : later(known, created);
  if (isDeleted(state)) return { state, ...ends, pendingSince };
  const ongoing = await ongoingGap(ports, head, pendingSince);
  return { state, ...ends, pendingSince, ...(ongoing ? { ongoing } : {}) };
}

/** How far back the first snapshot that is a proof reaches. */
async function firstProof(reads: DynamoDbTrailReads, endpointId: string, head: Head): Promise<Instant | undefined> {
  if (head.coveredFromS === undefined) return undefined;
  for (let since: Instant | undefined; ; ) {
    const limit = since === undefined ? 1 : 100;
    const items = await reads.readManifests(endpointId, since, undefined, limit, 'coverage');
    const proof = items.find(({ manifest }) => manifest.kind === 'snapshot' && isProof(manifest));
    if (proof) return listedSince(proof.manifest.f, proof.manifest.epsilonSeconds);
    const last = items.at(-1)?.manifest.slot;
    if (last === undefined || last === since) return undefined;
    since = last;
  }
}

/** Whether everything recorded is in the answers. */
const isProjected = ({ watermark }: EndpointState, head: Head): boolean =>
  watermark !== undefined && watermark.entry >= head.entry;

async function knownThrough(
  { reads, settings }: CoveragePorts,
  state: EndpointState,
  head: Head,
  provenSince: Instant | undefined,
): Promise<Instant> {
  const { watermark, endpointId } = state;
  const covered = head.coveredFromS ?? head.firstSeenAt;
  if (isProjected(state, head)) return addSeconds(covered, -settings.EPSILON_SECONDS);
  // Some snapshots wait to be projected: the answers have only the earlier ones.
  const projected = (watermark && (await reads.readManifest(endpointId, watermark.slot)))?.manifest;
  const s = projected && provenS(projected);
  // No proof is projected yet, so nothing is proven yet.
  if (s === undefined) return provenSince ?? addSeconds(head.firstSeenAt, -settings.EPSILON_SECONDS);
  return addSeconds(earlier(s, covered), -settings.EPSILON_SECONDS);
}

async function ongoingGap(
  { reads, settings, now }: CoveragePorts,
  head: Head,
  pendingSince: Instant,
): Promise<GapAnswer | undefined> {
  const { endpointId, coveredFromS: s = head.firstSeenAt, coveredFromOwnS: ownS } = head;
  const at = toInstant(now());
  const isClosed = head.state === 'closed';
  // There will be no further snapshot: pending time stays unknown.
  const gap = isClosed
    ? { start: pendingSince, end: later(at, pendingSince) }
    : gapBetween({ s }, { f: at }, settings.EPSILON_SECONDS);
  if (!gap) return undefined;
  // Failures are noted by the clock of the recorder's machine.
  const skew = skewOf({ s, ownS }) ?? 0;
  const [from, to] = [addSeconds(s, -skew), addSeconds(at, -skew)];
  const [notes, lists] = isClosed
    ? [[], []]
    : await Promise.all([reads.readFailures(endpointId, from, to), reads.readFailures(undefined, from, to)]);
  const own = lists.filter((note) => concerns(note, ownerOf(head)));
  const sorted = [...notes, ...own].sort((one, other) => (one.at < other.at ? -1 : 1));
  const reasons = gapReasons(sorted, from, to, settings.INTERVAL_MINUTES, knownReasons(head));
  return { endpointId, ...gap, reasons, ongoing: true };
}

/** The gaps of an endpoint that touch the window, oldest first: before the first proof, those in between, the ongoing one. */
export async function gapsWithin(
  { reads }: CoveragePorts,
  reach: Reach,
  since: Instant,
  until: Instant,
): Promise<GapAnswer[]> {
  const { state, provenSince, sinceCreation, ongoing } = reach;
  const { endpointId } = state;
  const stored = state.head ? await reads.readGaps(state.head, since, until) : [];
  const created = createdAt(state);
  const gaps: GapAnswer[] = stored.map((gap) => ({ endpointId, ...gap, reasons: [...gap.reasons] }));
  const start = created === undefined ? since : later(since, created);
  const isBefore = provenSince === undefined || (!sinceCreation && start < provenSince);
  if (isBefore && start <= until) {
    const end = provenSince !== undefined && provenSince < until ? provenSince : until;
    gaps.unshift({ endpointId, start, end, reasons: ['before-first-snapshot'] });
  }
  // A gap that will never end reaches into the future.
  const isEndless = state.head?.state === 'closed';
  if (ongoing && ongoing.start <= until && (isEndless || ongoing.end >= since)) gaps.push(ongoing);
  return created === undefined ? gaps : gaps.flatMap((gap) => sinceCreated(gap, created, { since, until }));
}

/** The part of a gap after the endpoint's creation, if that touches the window. */
function sinceCreated(
  gap: GapAnswer,
  created: Instant,
  window: { readonly since: Instant; readonly until: Instant },
): GapAnswer[] {
  if (gap.start >= created) return [gap];
  return created <= window.until && gap.end >= later(created, window.since) ? [{ ...gap, start: created }] : [];
}

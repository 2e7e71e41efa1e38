import { gapReasons } from '../trail/gap-reasons.ts';
import { concerns, isAskedOwner } from '../trail/owner.ts';
import { present } from '../trail/present.ts';
import { targetName } from '../trail/target-name.ts';
import { addSeconds, earlier, type Instant, later, toInstant } from '../trail/time.ts';
import { type CoveragePorts, isLate } from './endpoint-coverage.ts';
import { type AskedEndpoints, type EndpointState, endpointOwner, isDeleted } from './endpoint-state.ts';
import type { GapAnswer } from './schemas/coverage.ts';

/** A configured target of which no endpoint is recorded, apart from those that were deleted (ADR 45). */
export interface UnlistedTarget {
  readonly accountId: string;
  readonly region: string;
  /** When AWS last listed no endpoint of it; absent if its list never succeeded, so that nothing is known. */
  readonly listedAt?: Instant;
  /** Present where AWS was asked lately: it has no endpoints, and later ones are known with the next recording. */
  readonly pendingSince?: Instant;
}

/** Failures of so many seconds say why a list does not succeed: those of all targets are in one partition. */
const REASONS_SECONDS = 86_400;

/**
 * The targets that a question is about and of which no endpoint can tell. It reads nothing unless there are any.
 *
 * @param states the endpoints that are recorded of what was asked for
 */
export async function readUnlisted(
  ports: CoveragePorts,
  states: readonly EndpointState[],
  asked: AskedEndpoints,
): Promise<UnlistedTarget[]> {
  const { endpoint = [] } = asked;
  const { TARGETS = [], EPSILON_SECONDS } = ports.settings;
  if (endpoint.length > 0) return [];
  const owned = states.map((state) => ({ state, owner: endpointOwner(state) }));
  const targets = TARGETS.filter((target) => isAskedOwner(asked, target) !== 'no').map(({ accountId, region }) => ({
    accountId,
    region,
    own: owned.filter(({ owner }) => owner.accountId === accountId && owner.region === region),
  }));
  const silent = targets.filter(({ own }) => own.every(({ state }) => isDeleted(state)));
  if (silent.length === 0) return [];
  const listings = await ports.reads.readListings();
  const now = toInstant(ports.now());
  return silent.map(({ own, ...target }) => {
    // A list without an endpoint was the deletion of it.
    const deletedAt = own.flatMap(({ state }) => state.head?.f ?? []);
    const noted = listings.get(targetName({ account: target.accountId, region: target.region }));
    const listedAt = [...deletedAt, ...(noted === undefined ? [] : [noted])].sort().at(-1);
    const known = listedAt && addSeconds(listedAt, -EPSILON_SECONDS);
    const pendingSince = known === undefined || isLate(ports, known, now) ? undefined : known;
    return { ...target, ...present({ listedAt, pendingSince }) };
  });
}

/**
 * The gaps of targets that AWS did not list lately: since when it was listed last, or in the whole window, for the reasons for which
 * the list failed.
 *
 * @param window without a start, a gap begins where AWS was asked last, or where the window ends
 */
export async function gapsOfUnlisted(
  { reads, settings, now }: CoveragePorts,
  targets: readonly UnlistedTarget[],
  { since, until }: { readonly since?: Instant; readonly until: Instant },
): Promise<GapAnswer[]> {
  const { INTERVAL_MINUTES, EPSILON_SECONDS } = settings;
  const untold = targets.filter(({ pendingSince, listedAt = '' }) => pendingSince === undefined && listedAt <= until);
  if (untold.length === 0) return [];
  // Long enough that it has the failures that followed, or that there was no run.
  const to = earlier(toInstant(now()), addSeconds(until, 2 * 60 * INTERVAL_MINUTES + 2 * EPSILON_SECONDS));
  const from = addSeconds(to, -REASONS_SECONDS);
  const failures = await reads.readFailures(undefined, from, to);
  return untold.map(({ accountId, region, listedAt = '' }): GapAnswer => {
    const start = later(since ?? (listedAt || until), listedAt);
    const notes = failures.filter((note) => note.at >= listedAt && concerns(note, { accountId, region }));
    // Whether there was no run before the first of them is of no use to whoever mends it.
    const reasons = gapReasons(notes, notes[0]?.at ?? later(from, listedAt), to, INTERVAL_MINUTES, []);
    return { accountId, region, start, end: later(start, until), reasons, ongoing: true };
  });
}

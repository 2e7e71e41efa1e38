import { present } from '../trail/present.ts';
import { earlier, earliest, type Instant, later, toInstant } from '../trail/time.ts';
import { type CoveragePorts, gapsWithin, isLate, type Reach, reachOf } from './endpoint-coverage.ts';
import { type AskedEndpoints, type EndpointState, isDeleted } from './endpoint-state.ts';
import type { AnswerCoverage, GapAnswer } from './schemas/coverage.ts';
import { gapsOfUnlisted, readUnlisted } from './unlisted-targets.ts';

/** The time window of a query, both ends inclusive; an absent end is open. */
export interface AskedWindow {
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
}

interface Covered {
  readonly window: { readonly since: Instant; readonly until: Instant };
  readonly coverage: AnswerCoverage;
}

/**
 * The coverage of an answer about these endpoints. An open end of the window becomes the end of the proven time, so
 * the statement is only about time that can be known (ADR 12).
 *
 * @param asked the window, and which endpoints were asked for: without their ids, those of all targets
 */
export async function coverAnswer(
  ports: CoveragePorts,
  states: readonly EndpointState[],
  asked: AskedWindow & AskedEndpoints,
): Promise<Covered> {
  return coverReaches(ports, await Promise.all(states.map((state) => reachOf(ports, state))), asked);
}

/** Like {@link coverAnswer}, if the extent of each endpoint's trail is known already. */
export async function coverReaches(
  ports: CoveragePorts,
  reaches: readonly Reach[],
  asked: AskedWindow & AskedEndpoints,
): Promise<Covered> {
  const now = toInstant(ports.now());
  const states = reaches.map(({ state }) => state);
  const unlisted = await readUnlisted(ports, states, asked);
  const pendingSince = earliest([
    ...reaches.map((reach) => (isAbandoned(reach) ? undefined : reach.pendingSince)),
    ...unlisted.map((target) => target.pendingSince),
  ]);
  const end = asked.until ?? (pendingSince === undefined || isLate(ports, pendingSince, now) ? now : pendingSince);
  // An end before all that is proven is an instant of which nothing is known, not a statement about later ones.
  const since = asked.since ?? earlier(provenSince(reaches, end), asked.until ?? '~');
  // Nothing is known of a window that begins after the known time.
  const until = later(since, end);
  // Without an end the window reaches to now, so an ongoing gap touches it.
  const [ofEndpoints, ofTargets] = await Promise.all([
    gapsOfAll(ports, reaches, since, asked.until ?? now),
    gapsOfUnlisted(ports, unlisted, { since, until: asked.until ?? now }),
  ]);
  const gaps = [...ofEndpoints, ...ofTargets].sort(byStart);
  const projectedThrough = earliest(reaches.map(({ state }) => (isDeleted(state) ? undefined : state.watermark?.f)));
  const complete = gaps.length === 0 && (pendingSince === undefined || until <= pendingSince);
  return {
    window: { since, until },
    coverage: {
      complete,
      gaps,
      ...present({ projectedThrough, pendingSince }),
    },
  };
}

async function gapsOfAll(
  ports: CoveragePorts,
  reaches: readonly Reach[],
  since: Instant,
  until: Instant,
): Promise<GapAnswer[]> {
  if (reaches.length === 0) return [{ start: since, end: later(since, until), reasons: ['nothing-recorded'] }];
  const gaps = await Promise.all(reaches.map((reach) => gapsWithin(ports, reach, since, until)));
  return gaps.flat();
}

const byStart = (one: GapAnswer, other: GapAnswer): number =>
  one.start < other.start ? -1 : Number(one.start > other.start);

/** It is no longer recorded: that is a gap, not pending time. A deletion may still wait to be projected. */
const isAbandoned = ({ state }: Reach): boolean => state.head?.state === 'closed' && !isDeleted(state);

/** The time from which all endpoints are proven; fully recorded endpoints set no bound, unless all are. */
function provenSince(reaches: readonly Reach[], otherwise: Instant): Instant {
  const bounds = reaches.filter(({ sinceCreation }) => !sinceCreation).flatMap((reach) => reach.provenSince ?? []);
  const latest = bounds.sort().at(-1);
  return latest ?? earliest(reaches.map((reach) => reach.provenSince)) ?? otherwise;
}

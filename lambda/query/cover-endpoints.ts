import { type Assumption, assumptionsOf, OF_COVERAGE } from '../trail/assumptions.ts';
import { present } from '../trail/present.ts';
import type { Instant } from '../trail/time.ts';
import { type AskedWindow, coverReaches } from './answer-coverage.ts';
import { type CoveragePorts, gapsWithin, type Reach, reachOf } from './endpoint-coverage.ts';
import {
  type AskedEndpoints,
  createdAt,
  isDeleted,
  nameOf,
  readEndpointStates,
  statedOwner,
} from './endpoint-state.ts';
import { checkWindow } from './parameters/window.ts';
import type { CoverageAnswer, EndpointCoverage, GapAnswer } from './schemas/coverage.ts';

/**
 * The proven time of endpoints in a window, and every gap with its reason: the answer of `GET /coverage`.
 *
 * @param asked the endpoints and the window
 * @throws QueryProblem for a window that ends before it begins, and for endpoints that are not recorded
 */
export async function coverEndpoints(
  ports: CoveragePorts,
  asked: AskedWindow & AskedEndpoints,
): Promise<CoverageAnswer> {
  checkWindow(asked.since, asked.until);
  const states = await readEndpointStates(ports.reads, asked);
  const reaches = await Promise.all(states.map((state) => reachOf(ports, state)));
  const { window, coverage } = await coverReaches(ports, reaches, asked);
  const within = { ...window, isOpen: asked.until === undefined };
  const ofTargets = coverage.gaps.filter(({ accountId }) => accountId !== undefined);
  const endpoints = await Promise.all(reaches.map((reach) => cover(ports, reach, within)));
  return {
    window,
    complete: coverage.complete,
    endpoints,
    ...(ofTargets.length === 0 ? {} : { gaps: ofTargets }),
    assumptions: assumptionsOf(assumedBy(endpoints), [ports.settings.EPSILON_SECONDS]),
  };
}

/** What the report rests on: reading the tables, too. */
function assumedBy(endpoints: readonly EndpointCoverage[]): Assumption[] {
  return [
    ...OF_COVERAGE,
    'reads',
    ...(endpoints.some(({ createdAt }) => createdAt !== undefined) ? (['created'] as const) : []),
    ...(endpoints.some(({ deletedAt }) => deletedAt !== undefined) ? (['deleted'] as const) : []),
  ];
}

async function cover(
  ports: CoveragePorts,
  reach: Reach,
  { since, until, isOpen }: { since: Instant; until: Instant; isOpen: boolean },
): Promise<EndpointCoverage> {
  const { state, pendingSince, ongoing } = reach;
  const within = await gapsWithin(ports, reach, since, until);
  const gaps = isOpen && ongoing && !within.includes(ongoing) ? [...within, ongoing] : within;
  const end = pendingSince !== undefined && pendingSince < until ? pendingSince : until;
  const created = createdAt(state);
  const deletedAt = isDeleted(state) ? state.head?.f : undefined;
  return {
    endpointId: state.endpointId,
    ...present({ ...statedOwner(state), name: nameOf(state) }),
    complete: gaps.length === 0 && end === until,
    proven: provenBetween(created !== undefined && created > since ? created : since, end, gaps),
    gaps,
    ...present({ pendingSince, projectedThrough: state.watermark?.f, createdAt: created, deletedAt }),
  };
}

/** A time range minus the gaps, which are sorted. */
function provenBetween(since: Instant, until: Instant, gaps: readonly GapAnswer[]): { start: Instant; end: Instant }[] {
  const proven = [];
  let start = since;
  for (const gap of gaps) {
    if (gap.start > start && start < until) proven.push({ start, end: gap.start < until ? gap.start : until });
    if (gap.end > start) start = gap.end;
  }
  if (start < until) proven.push({ start, end: until });
  return proven;
}

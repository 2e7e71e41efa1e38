import type { CoverageAnswer, EndpointCoverage } from '../lambda/query/schemas/coverage.ts';
import { type Instant, later } from '../lambda/trail/time.ts';
import { showInZone } from '../lambda/trail/time-zone.ts';
import { showGap } from './coverage-words.ts';

/** A stretch of an endpoint's time, and what is known of it. */
export interface CoverageStretch {
  readonly endpointId: string;
  /** `none`: there is no endpoint, since it was not created yet, or was deleted. */
  readonly state: 'proven' | 'gap' | 'pending' | 'none';
  readonly start: Instant;
  /** Absent where it goes on. */
  readonly end?: Instant;
  readonly reasons: readonly string[];
}

/** The periods of an endpoint, in order; the window says how far back there was no endpoint. */
export function stretchesOf(endpoint: EndpointCoverage, { since, until }: CoverageAnswer['window']): CoverageStretch[] {
  const { endpointId, gaps, pendingSince, createdAt } = endpoint;
  const stretches: CoverageStretch[] = [
    ...endpoint.proven.flatMap((proven) => sinceDeleted(endpoint, proven)),
    ...gaps.map(({ start, end, reasons, ongoing }) => ({
      endpointId,
      state: 'gap' as const,
      start,
      reasons,
      ...(ongoing ? {} : { end }),
    })),
    ...(pendingSince === undefined
      ? []
      : [{ endpointId, state: 'pending' as const, start: pendingSince, reasons: [] }]),
    ...(createdAt === undefined || createdAt <= since
      ? []
      : [none(endpointId, since, createdAt < until ? createdAt : until, 'not-created')]),
  ];
  return stretches.sort((first, second) => (first.start < second.start ? -1 : Number(first.start > second.start)));
}

/** Proven time, distinguished from the time after the deletion, which has nothing to prove. */
function sinceDeleted({ endpointId, deletedAt }: EndpointCoverage, { start, end }: EndpointCoverage['proven'][number]) {
  const proven = { endpointId, state: 'proven' as const, start, end, reasons: [] };
  if (deletedAt === undefined || end <= deletedAt) return [proven];
  const gone = none(endpointId, later(start, deletedAt), end, 'deleted');
  return start < deletedAt ? [{ ...proven, end: deletedAt }, gone] : [gone];
}

function none(endpointId: string, start: Instant, end: Instant, reason: string): CoverageStretch {
  return { endpointId, state: 'none', start, end, reasons: [reason] };
}

/** Where in the window an endpoint was created or deleted. */
function livesIn({ endpoints, window }: CoverageAnswer, zone: string): string[] {
  return endpoints.flatMap(({ endpointId, createdAt, deletedAt }) => [
    ...(createdAt !== undefined && createdAt > window.since
      ? [`${endpointId} was created at ${showInZone(createdAt, zone)}: before, nobody was connected to it.`]
      : []),
    ...(deletedAt !== undefined && deletedAt <= window.until
      ? [`${endpointId} was deleted by ${showInZone(deletedAt, zone)}: since, nobody is connected to it.`]
      : []),
  ]);
}

/** What is proven and what is not, and under which assumptions, in lines for people. */
export function coverageSummary(answer: CoverageAnswer, zone: string): string[] {
  const { window, complete, endpoints, assumptions, gaps: ofTargets = [] } = answer;
  const gaps = endpoints.flatMap((endpoint) => endpoint.gaps).length + ofTargets.length;
  const isPending = endpoints.some(({ pendingSince }) => pendingSince !== undefined && pendingSince < window.until);
  const verdict = [
    ...(gaps > 0 ? [`${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`] : []),
    ...(isPending ? ['the newest time is not known yet'] : []),
  ].join('; ');
  const searched = `Searched ${showInZone(window.since, zone)} to ${showInZone(window.until, zone)}`;
  const statement = complete ? 'complete.' : `NOT COMPLETE${verdict === '' ? '' : `: ${verdict}`}.`;
  return [
    `${searched}: ${statement}`,
    ...ofTargets.map((gap) => `  ${showGap(gap, zone)}`),
    ...livesIn(answer, zone),
    ...assumptions.map((assumption) => `  given that: ${assumption}`),
  ];
}

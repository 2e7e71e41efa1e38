import type { CoverageAnswer, EndpointCoverage } from '../../lambda/query/schemas/coverage.ts';
import { type Instant, later, secondsBetween } from '../../lambda/trail/time.ts';
import { showDuration } from '../../words/amounts.ts';
import { timeColumn, timeField } from '../asking/show-time.ts';
import type { ListShape } from '../output/row-writer.ts';

/** A stretch of an endpoint's time, and what is known of it. */
interface CoverageStretch {
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

/** How stretches are written; tables are of one endpoint each. */
export function stretchShape(zone: string): ListShape<CoverageStretch> {
  return {
    name: 'stretches',
    columns: [
      { header: '', rank: 1, least: 7, cell: ({ state }) => (state === 'gap' ? 'GAP' : state) },
      timeColumn('FROM', 1, zone, ({ start }, show) => show(start)),
      timeColumn('TO', 1, zone, ({ end }, show) => (end === undefined ? '(goes on)' : show(end))),
      {
        header: 'LENGTH',
        rank: 3,
        least: 8,
        align: 'right',
        cell: ({ start, end }) => showDuration(end === undefined ? undefined : secondsBetween(start, end)),
      },
      { header: 'REASON', rank: 2, least: 8, cell: ({ reasons }) => reasons.join(', ') },
    ],
    fields: [
      { name: 'endpoint_id', value: (row) => row.endpointId },
      { name: 'state', value: (row) => row.state },
      timeField('start', zone, (row) => row.start),
      timeField('end', zone, (row) => row.end),
      { name: 'reasons', value: (row) => row.reasons.join(' ') },
    ],
  };
}

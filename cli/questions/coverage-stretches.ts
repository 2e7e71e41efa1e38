import type { EndpointCoverage } from '../../lambda/query/schemas/coverage.ts';
import { type Instant, secondsBetween } from '../../lambda/trail/time.ts';
import { showDuration } from '../output/amounts.ts';
import type { ListShape } from '../output/row-writer.ts';
import { timeColumn, timeField } from './show-time.ts';

/** A stretch of an endpoint's time, and what is known of it. */
export interface Stretch {
  readonly endpointId: string;
  readonly state: 'proven' | 'gap' | 'pending';
  readonly start: Instant;
  /** Absent where it goes on. */
  readonly end?: Instant;
  readonly reasons: readonly string[];
}

/** The stretches of an endpoint's time, in order. */
export function stretchesOf({ endpointId, proven, gaps, pendingSince }: EndpointCoverage): Stretch[] {
  const stretches: Stretch[] = [
    ...proven.map(({ start, end }) => ({ endpointId, state: 'proven' as const, start, end, reasons: [] })),
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
  ];
  return stretches.sort((first, second) => (first.start < second.start ? -1 : Number(first.start > second.start)));
}

/** How stretches are written. */
export function stretchShape(zone: string): ListShape<Stretch> {
  return {
    name: 'stretches',
    columns: [
      { header: 'ENDPOINT', rank: 4, least: 31, cell: ({ endpointId }) => endpointId },
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

import type { Instant } from '../../lambda/trail/time.ts';
import { DEFAULT_ZONE, showInZone } from '../../lambda/trail/time-zone.ts';
import type { Column } from '../output/table.ts';

/** `2026-11-22T14:03:00Z`, and with another zone's offset. */
const WIDTH_IN_UTC = 20;
const WIDTH_WITH_OFFSET = 25;

/** A column of times, with the zone in its header. */
export function timeColumn<Row>(
  header: string,
  rank: number,
  zone: string,
  cell: (row: Row, show: (instant: Instant | undefined) => string) => string,
): Column<Row> {
  const show = (instant: Instant | undefined) => (instant === undefined ? '' : showInZone(instant, zone));
  return {
    header: `${header} (${zone})`,
    rank,
    least: zone === DEFAULT_ZONE ? WIDTH_IN_UTC : WIDTH_WITH_OFFSET,
    cell: (row) => cell(row, show),
  };
}

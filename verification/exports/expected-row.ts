import type { Connection } from '../../lambda/trail/connection.ts';
import { foldSighting, type Sighting } from '../../lambda/trail/fold.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import type { ClaimedEnd } from './claimed-sights.ts';
import { OF_INFERRED_END, unknownFromBefore, untoldOf } from './unknown-members.ts';

/** A possible correct row. */
export interface ExpectedRow {
  readonly connection: Connection;
  /** Members of the row that the evidence does not determine. */
  readonly unknown: ReadonlySet<string>;
  /** Members that no included row has, but a row that has expired may have had. */
  readonly untold: ReadonlySet<string>;
  /** Its vanishing, or its latest possible end, depends on later snapshots that are not included. */
  readonly isBeyond: boolean;
}

/** The possible rows from the included range, or from later sights. */
export const expectedRow = (
  connection: Connection,
  unknown: Iterable<string>,
  untold: Iterable<string>,
): ExpectedRow => ({
  connection,
  unknown: new Set(unknown),
  untold: new Set(untold),
  isBeyond: false,
});

/**
 * Seen again after entries that are not included.
 *
 * @param hasExpired whether rows have expired that may have said more
 */
export function seeAgain(id: string, row: ExpectedRow | undefined, sight: Sighting, hasExpired: boolean): ExpectedRow {
  const connection = foldSighting(row?.connection, id, sight, undefined);
  const bounded = hasExpired && connection.end?.kind === 'inferred' ? OF_INFERRED_END : [];
  const before = row ? row.unknown : unknownFromBefore(connection);
  const untold = hasExpired ? [...(row?.untold ?? []), ...untoldOf(sight.row)] : [];
  return expectedRow(connection, [...before, ...bounded], untold);
}

/**
 * A row whose end AWS gave without a time, as the records claim it: entries before the evidence may have told more of it, but only within
 * what is known here.
 */
export function boundedRow(row: ExpectedRow, { endedAt, between = [undefined, undefined] }: ClaimedEnd): ExpectedRow {
  const [after, before] = between;
  const { connection, unknown } = row;
  if (connection.end?.kind !== 'inferred' || !unknown.has('end')) return row;
  const [earliest, latest] = connection.end.between;
  const isWithin = (from: Instant, to: Instant) => earliest <= from && from <= to && to <= latest;
  const left = new Set(unknown);
  for (const member of OF_INFERRED_END) {
    if (member !== 'durationSeconds' || !connection.establishedAtIsFirstSight) left.delete(member);
  }
  const as = (end: Partial<Connection>) => ({ ...row, connection: { ...connection, ...end }, unknown: left });
  if (after !== undefined && before !== undefined && isWithin(after, before))
    return as({ end: { kind: 'inferred', between: [after, before] } });
  if (after === undefined && before === undefined && endedAt !== undefined && isWithin(endedAt, endedAt))
    return as({ end: { kind: 'reported' }, endedAt });
  return as({});
}

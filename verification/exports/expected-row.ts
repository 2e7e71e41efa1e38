import type { Connection } from '../../lambda/trail/connection.ts';
import { foldSighting, type Sighting } from '../../lambda/trail/fold.ts';
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
  const bounded = connection.end?.kind === 'inferred' ? OF_INFERRED_END : [];
  const before = row ? row.unknown : unknownFromBefore(connection);
  const untold = hasExpired ? [...(row?.untold ?? []), ...untoldOf(sight.row)] : [];
  return expectedRow(connection, [...before, ...bounded], untold);
}

import type { Connection } from '../../lambda/trail/connection.ts';
import { foldSighting, type Sighting } from '../../lambda/trail/fold.ts';
import { OF_INFERRED_END, OF_THE_QUESTION, unknownFromBefore, untoldOf } from './unknown-members.ts';

/** A possible correct row. */
export interface ExpectedRow {
  readonly connection: Connection;
  /** Members of the row that the evidence does not determine. */
  readonly unknown: ReadonlySet<string>;
  /** Members that no included row has, but a row outside may have had. */
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

/** Seen again after entries that are not included. */
export function seeAgain(id: string, row: ExpectedRow | undefined, sight: Sighting): ExpectedRow {
  const connection = foldSighting(row?.connection, id, sight, undefined);
  const bounded = connection.end?.kind === 'inferred' ? OF_INFERRED_END : [];
  const before = row ? row.unknown : [...OF_THE_QUESTION, ...unknownFromBefore(connection)];
  return expectedRow(connection, [...before, ...bounded], [...(row?.untold ?? []), ...untoldOf(sight.row)]);
}

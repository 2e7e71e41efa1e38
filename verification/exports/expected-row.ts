import type { Connection } from '../../lambda/trail/connection.ts';
import { foldSighting } from '../../lambda/trail/fold.ts';
import type { Sight } from './sights.ts';
import { OF_INFERRED_END, OF_THE_QUESTION, unknownFromBefore, untoldOf } from './unknown-members.ts';

/** What a faithful row can be. */
export interface ExpectedRow {
  readonly connection: Connection;
  /** Members of the row that what came along does not tell. */
  readonly unknown: ReadonlySet<string>;
  /** Members that no row which came along has, but one that did not come along may have had. */
  readonly untold: ReadonlySet<string>;
  /** That it vanished, or until when it may have lasted, follows from later snapshots, which did not come along. */
  readonly isBeyond: boolean;
}

/** What it can be by the rows of the stretch, or by later sights. */
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

/** Seen again after entries that did not come along. */
export function seeAgain(id: string, row: ExpectedRow | undefined, sight: Sight): ExpectedRow {
  const connection = foldSighting(row?.connection, id, sight, undefined);
  const bounded = connection.end?.kind === 'inferred' ? OF_INFERRED_END : [];
  const before = row ? row.unknown : [...OF_THE_QUESTION, ...unknownFromBefore(connection)];
  return expectedRow(connection, [...before, ...bounded], [...(row?.untold ?? []), ...untoldOf(sight.row)]);
}

import type { Connection } from '../../trail/connection.ts';
import { LASTING } from '../../trail/connection-members.ts';
import { foldSighting } from '../../trail/fold.ts';
import { present } from '../../trail/present.ts';
import { hasEnded, type ReadRow } from '../../trail/row.ts';
import type { Manifest } from '../../trail/snapshot.ts';

/**
 * The state of a connection after a snapshot that lists it as open, by what that row says: each change of what lasts was folded
 * in, so that the state has what the last row said that said anything of it.
 *
 * @param stored its state of a later time: what it does not have either, no row ever said
 * @returns undefined where rows before this one must be read: it was terminated before, or they alone said something
 */
export function stateByRow(stored: Connection, row: ReadRow, manifest: Manifest): Connection | undefined {
  if (hasEnded(row) || stored.contradictions !== undefined) return undefined;
  if (LASTING.some((member) => row[member] === undefined && stored[member] !== undefined)) return undefined;
  if (row.establishedAt === undefined && !stored.establishedAtIsFirstSight) return undefined;
  return foldSighting(atBirth(stored), stored.connectionId, { row, manifest }, undefined);
}

/**
 * The same where the earlier rows cannot be read any more: what they alone said is taken from the stored connection.
 *
 * @param entry the entry that the state is the one before
 */
export function stateByStored(
  stored: Connection,
  seen: { readonly row: ReadRow; readonly manifest: Manifest } | undefined,
  entry: number,
): Connection {
  // The status that is stored is the last one, not that of then.
  const { status: _, ...said } = present(stored, [...LASTING, 'establishedAtIsFirstSight']);
  const { establishedAtIsFirstSight: __, ...birth } = atBirth(stored);
  const before = { ...birth, establishedAt: stored.establishedAt, ...said, lastEntry: entry - 1 };
  return seen && !hasEnded(seen.row) ? foldSighting(before, stored.connectionId, seen, undefined) : before;
}

/** What never changes. */
function atBirth({ connectionId, endpointId, accountId, region, firstSeenAt, firstSlot }: Connection): Connection {
  return {
    connectionId,
    endpointId,
    accountId,
    region,
    establishedAt: firstSeenAt,
    establishedAtIsFirstSight: true,
    firstSeenAt,
    firstSlot,
    lastEntry: -1,
  };
}

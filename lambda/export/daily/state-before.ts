import type { Connection } from '../../trail/connection.ts';
import { LASTING } from '../../trail/connection-members.ts';
import { foldSighting } from '../../trail/fold.ts';
import { isAhead } from '../../trail/misdated.ts';
import { present } from '../../trail/present.ts';
import { hasEnded, type ReadRow } from '../../trail/row.ts';
import type { Manifest } from '../../trail/snapshot.ts';

/**
 * The state of a connection after a snapshot that lists it as open, computed from that row. Each lasting member has the value of
 * the last row that had one.
 *
 * @param stored its later state: members that are absent there were never in any row
 * @returns undefined if earlier rows must be read: it was terminated before, or only they have some member
 */
export function stateByRow(stored: Connection, row: ReadRow, manifest: Manifest): Connection | undefined {
  if (hasEnded(row) || stored.contradictions !== undefined || stored.former !== undefined) return undefined;
  if (LASTING.some((member) => row[member] === undefined && stored[member] !== undefined)) return undefined;
  if (row.establishedAt === undefined && !stored.establishedAtIsFirstSight) return undefined;
  // Its end may have changed the start that is stored.
  if (stored.establishedAtIsFirstSight && stored.end) return undefined;
  if (isAhead(row.establishedAt, stored.firstSeenAt) && stored.establishedAfter === undefined) return undefined;
  return foldSighting(atBirth(stored), stored.connectionId, { row, manifest }, undefined);
}

/**
 * The same if the earlier rows cannot be read any more: their members are taken from the stored connection.
 *
 * @param entry the entry that the state is the one before
 */
export function stateByStored(
  stored: Connection,
  seen: { readonly row: ReadRow; readonly manifest: Manifest } | undefined,
  entry: number,
): Connection {
  // The stored status is the last one, not the one at that time.
  const { status: _, ...said } = present(stored, [...LASTING, 'establishedAtIsFirstSight', 'establishedAfter']);
  const { establishedAtIsFirstSight: __, ...birth } = atBirth(stored);
  const before = { ...birth, establishedAt: stored.establishedAt, ...said, lastEntry: entry - 1 };
  return seen && !hasEnded(seen.row) ? foldSighting(before, stored.connectionId, seen, undefined) : before;
}

/** Members that never change. */
function atBirth(stored: Connection): Connection {
  const { connectionId, endpointId, accountId, region, firstSeenAt, firstSlot } = stored;
  return {
    ...present(stored, ['establishedAfter']),
    connectionId,
    endpointId,
    accountId,
    region,
    establishedAt: stored.establishedAtIsFirstSight ? stored.establishedAt : firstSeenAt,
    establishedAtIsFirstSight: true,
    firstSeenAt,
    firstSlot,
    lastEntry: -1,
  };
}

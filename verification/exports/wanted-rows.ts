import { matchIdentities } from '../../lambda/query/search/match-identities.ts';
import { passesFilters } from '../../lambda/query/search/matching.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { Replayed } from '../connections/replay.ts';
import { nextHolders } from './expected-possible.ts';
import type { ExpectedRow } from './expected-row.ts';
import { surelyKnownThrough } from './exported-coverage.ts';
import type { ExportedLog } from './exported-log.ts';
import { filtersOf, isOfNow, windowOf } from './exported-question.ts';
import { unknownFromBefore } from './unknown-members.ts';

/** The connections of a log that the file must hold, by the included range. */
export interface WantedRows {
  readonly wanted: ReadonlySet<string>;
  /** The question may ask for them: that depends on later entries, which are not included. */
  readonly undecided: ReadonlySet<string>;
}

/** The connections that the query has seen as matching, in whatever part of the range it was answered. */
export function wantedRows(
  exported: ExportManifest,
  log: ExportedLog,
  replayed: ReadonlyMap<string, Replayed>,
  hasLostRows: boolean,
): WantedRows {
  const found = { wanted: new Set<string>(), undecided: new Set<string>() };
  const last = log.manifests.at(-1);
  if (exported.kind !== 'search' || !last) return found;
  const filters = filtersOf(exported.question);
  const window = windowOf(exported);
  const knownThrough = surelyKnownThrough(log.manifests, last.entry);
  // The newest checkpoint was given by who exported; the signer says how far the log was.
  const isAll = log.isNewest && (exported.coverage.projectedThrough ?? '') <= last.f;
  const takenAt = filters.ip.length > 0 ? nextHolders(replayed) : () => undefined;
  const passes = passesFilters(filters);
  const anyStatus = passesFilters({ ...filters, status: [] });
  const isWanted = (state: Connection, isWhole: boolean) => {
    const verdict = matchIdentities(state, passes, window, { knownThrough, addressTakenAt: takenAt(state) });
    // What earlier entries alone bound may be narrower than what is known here.
    const isSure = isWhole || unknownFromBefore(state).length === 0;
    return verdict === 'certain' || (verdict === 'possible' && isSure);
  };
  // Ends are told in time, so of open connections only a status may change, and of unlisted ones also an inferred end.
  const isOpenFor = (state: Connection) => {
    const isOpen = window.match === 'ended' ? state.unlistedSince !== undefined : isOfNow(exported.question);
    const span = { ...window, match: window.match === 'started' ? window.match : ('overlap' as const) };
    return isOpen && !state.end && matchIdentities(state, anyStatus, span, { knownThrough }) !== 'no';
  };
  for (const [id, { states, isWhole }] of replayed) {
    if (!isWhole && hasLostRows) continue;
    const final = states.at(-1);
    if (states.every((state) => isWanted(state, isWhole))) found.wanted.add(id);
    else if (final && !isAll && isOpenFor(final)) found.undecided.add(id);
  }
  return found;
}

/**
 * Whether the query may match a row.
 *
 * @param isUntold whether it has values that no row has which can still be read: then its names do not count
 */
export function isAskedFor(exported: ExportManifest, { connection, unknown }: ExpectedRow, isUntold: boolean): boolean {
  if (exported.kind !== 'search') return true;
  const { endpoint, connectionId, ...named } = filtersOf(exported.question);
  const none = { user: [], username: [], commonName: [], ip: [], status: [] };
  const told = { ...(isUntold ? none : named), ...(unknown.has('status') ? { status: [] } : {}) };
  const isOpen = unknown.has('establishedAt') || unknown.has('endedAt');
  const knowledge = { knownThrough: undefined };
  const window = isOpen ? ({ since: undefined, until: undefined, match: 'overlap' } as const) : windowOf(exported);
  return (
    matchIdentities(connection, passesFilters({ ...named, ...told, endpoint, connectionId }), window, knowledge) !==
    'no'
  );
}

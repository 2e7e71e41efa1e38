import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { matchIdentities } from '../../lambda/query/search/match-identities.ts';
import { type Filters, type MatchWindow, passesFilters } from '../../lambda/query/search/matching.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import type { Replayed } from '../connections/replay.ts';
import type { ExpectedRow } from './expected-row.ts';
import type { ExportedLog } from './exported-log.ts';

/** The connections that must be in the file, for every part of the range that the query may have seen. */
export function wantedRows(
  exported: ExportManifest,
  log: ExportedLog,
  replayed: ReadonlyMap<string, Replayed>,
  hasLostRows: boolean,
): ReadonlySet<string> {
  const wanted = new Set<string>();
  const last = log.manifests.at(-1);
  if (exported.kind !== 'search' || !last) return wanted;
  const filters = filtersOf(exported.question);
  const passes = passesFilters(filters);
  const window = windowOf(exported);
  const knowledge = { knownThrough: addSeconds(last.s, -last.epsilonSeconds) };
  const isWanted = (state: Connection) => matchIdentities(state, passes, window, knowledge) === 'certain';
  const { projectedThrough = '' } = exported.coverage;
  const isAll = log.isNewest && projectedThrough <= last.f;
  // Its end may be after the range, or contradicted there; and the next holder of its address may bound an unseen end.
  const needsEnd = filters.status.length > 0 || window.match === 'ended';
  for (const [id, { states, isWhole }] of replayed) {
    const hasEnded = states.at(-1)?.end?.kind === 'reported';
    const isSettled = (isAll || !needsEnd) && (hasEnded || filters.ip.length === 0);
    if (isSettled && (isWhole || !hasLostRows) && states.every(isWanted)) wanted.add(id);
  }
  return wanted;
}

/**
 * Whether the query may match a row.
 *
 * @param isUntold whether it has values that no included row has: then its names do not count
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

function windowOf({ window }: ExportManifest): MatchWindow {
  const { match } = window;
  return { ...window, match: match === 'started' || match === 'ended' ? match : 'overlap' };
}

function filtersOf(question: ExportManifest['question']): Filters {
  return Object.fromEntries(FILTERS.map((name) => [name, question[name] ?? []])) as unknown as Filters;
}

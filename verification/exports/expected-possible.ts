import { matchIdentities } from '../../lambda/query/search/match-identities.ts';
import { passesFilters } from '../../lambda/query/search/matching.ts';
import { addressesOf } from '../../lambda/trail/address.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { MemberName } from '../../lambda/trail/connection-members.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { hasMoved } from '../../lambda/trail/identities.ts';
import { earliest, type Instant, later } from '../../lambda/trail/time.ts';
import type { Replayed } from '../connections/replay.ts';
import type { ExpectedRow } from './expected-row.ts';
import { filtersOf, windowOf } from './exported-question.ts';
import { OF_CONTRADICTIONS } from './unknown-members.ts';

/** When a connection's address was given to the next one, as the search takes it (ADR 14). */
export function nextHolders(replayed: ReadonlyMap<string, Replayed>): (state: Connection) => Instant | undefined {
  const holders = [...replayed.values()].flatMap(({ states }) => states.at(-1) ?? []).filter((one) => !hasMoved(one));
  const starts = Map.groupBy(
    holders.flatMap((one) => addressTexts(one).map((address) => ({ address, start: one.establishedAt }))),
    ({ address }) => address,
  );
  return (state) => {
    const next = addressTexts(state).flatMap((address) => starts.get(address) ?? []);
    return earliest(next.map(({ start }) => start).filter((start) => start > state.establishedAt));
  };
}

function addressTexts(connection: Connection): string[] {
  const { ipv4, ipv6 } = addressesOf(connection);
  return [ipv4, ipv6].filter((address) => address !== undefined);
}

/**
 * Whether an answer says of a row that it is possible; undefined if an answer may say either.
 *
 * @param knownThrough until when connections were surely known at the least, when the query was answered
 */
export function expectedPossible(
  exported: ExportManifest,
  { connection, unknown }: ExpectedRow,
  log: { readonly knownThrough: Instant | undefined; readonly replayed: ReadonlyMap<string, Replayed> },
): boolean | undefined {
  if (exported.kind !== 'search') return false;
  if (DECIDE_POSSIBLE.some((member) => unknown.has(member))) return undefined;
  const filters = filtersOf(exported.question);
  const passes = passesFilters(filters);
  const holders = filters.ip.length > 0 ? [undefined, nextHolders(log.replayed)(connection)] : [undefined];
  // The signer's clock may be behind AWS's.
  const signedAt = later(exported.exportedAt, exported.coverage.projectedThrough ?? '');
  const verdicts = [log.knownThrough, signedAt].flatMap((knownThrough) =>
    holders.map((addressTakenAt) =>
      matchIdentities(connection, passes, windowOf(exported), { knownThrough, addressTakenAt }),
    ),
  );
  const said = new Set(verdicts.filter((verdict) => verdict !== 'no'));
  return said.size === 1 ? said.has('possible') : undefined;
}

/** What decides whether a row is possible. */
const DECIDE_POSSIBLE: readonly MemberName[] = [
  ...(['establishedAt', 'establishedAfter', 'endedAt', 'end', 'unlistedSince', 'former', 'status'] as const),
  ...OF_CONTRADICTIONS,
];

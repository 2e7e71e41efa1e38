import { canonicalAddress } from './address.ts';
import { safeTimes } from './clocks.ts';
import type { Connection } from './connection.ts';
import type { FormerIdentity } from './connection-members.ts';
import { earliestStart } from './misdated.ts';
import { present } from './present.ts';
import { hasEnded, type ReadRow } from './row.ts';
import type { Manifest } from './snapshot.ts';
import { addSeconds, earlier, type Instant } from './time.ts';

const IDENTITY = ['username', 'commonName', 'clientIp', 'clientIpv6'] as const;
type IdentityMember = (typeof IDENTITY)[number];

/** What a connection keeps of its former identities; the oldest but the first are left out beyond. */
const MOST_FORMER = 32;
const LONGEST_FORMER = 8192;

const KEYS: Partial<Record<IdentityMember, (text: string) => string>> = {
  clientIp: canonicalAddress,
  clientIpv6: canonicalAddress,
};

/** The members of a row that name another person or address than the connection has. Another spelling of an address is none. */
function changedMembers(connection: Connection, row: ReadRow): IdentityMember[] {
  return IDENTITY.filter((member) => {
    const [old, now] = [connection[member], row[member]];
    const keyOf = KEYS[member] ?? ((text: string) => text);
    return old !== undefined && now !== undefined && keyOf(old) !== keyOf(now);
  });
}

/**
 * The former identities of a connection after a row: one more, if the row names another person or address (ADR 30).
 *
 * @param previous the connection's row in the snapshot before, where it was in it
 */
export function formerAfter(
  connection: Connection,
  row: ReadRow,
  manifest: Manifest,
  previous: { readonly row: ReadRow; readonly manifest: Manifest } | undefined,
): readonly FormerIdentity[] | undefined {
  const changed = changedMembers(connection, row);
  if (changed.length === 0) return connection.former;
  const isSaid =
    previous && !hasEnded(previous.row) && changed.every((member) => previous.row[member] === connection[member]);
  // Nothing is sure of an identity that AWS corrected after the end, or that the snapshot before did not name.
  const until = isSaid
    ? addSeconds(safeTimes(previous.manifest).s, -previous.manifest.epsilonSeconds)
    : earliestStart(connection);
  const { f } = safeTimes(manifest);
  const identity = { ...present(connection, IDENTITY), between: [earlier(until, f), f] as const };
  return bounded([...(connection.former ?? []), identity]);
}

/** With its members in this order, whatever order a store gives them back in: exports have them as text. */
export const formerInOrder = (former: FormerIdentity): FormerIdentity =>
  present(former, [...IDENTITY, 'leftOut', 'between']) as FormerIdentity;

function bounded(former: readonly FormerIdentity[]): readonly FormerIdentity[] {
  let list = [...former];
  while (list.length > MOST_FORMER || JSON.stringify(list).length > LONGEST_FORMER) {
    const at = list.length > 2 ? 1 : 0;
    const out = list.slice(at, at + (list[at]?.leftOut === undefined ? 1 : 2));
    const leftOut = out.reduce((count, one) => count + (one.leftOut ?? 1), 0);
    const between = out.at(-1)?.between;
    if (between) list = list.toSpliced(at, out.length, { leftOut, between });
  }
  return list;
}

/** An identity of a connection, and its time: it had it surely from `from[1]` through `until[0]`, possibly from `from[0]` to `until[1]`. */
export interface HeldIdentity {
  /** The connection as it was called then; undefined where that is not kept: it may be any. */
  readonly connection: Connection | undefined;
  readonly from: readonly [Instant, Instant] | undefined;
  readonly until: readonly [Instant, Instant] | undefined;
}

/** All identities of a connection, oldest first. What AWS did not say of one is as it said later. */
export function identitiesOf(connection: Connection): HeldIdentity[] {
  const former = connection.former ?? [];
  const held: HeldIdentity[] = [{ connection, from: former.at(-1)?.between, until: undefined }];
  let known = connection;
  for (const [index, { between, leftOut, ...identity }] of [...former.entries()].toReversed()) {
    known = { ...known, ...identity };
    held.unshift({
      connection: leftOut === undefined ? known : undefined,
      from: former[index - 1]?.between,
      until: between,
    });
  }
  return held;
}

/** Whether the connection had another address before: then it says nothing of who else had its address since its start. */
export function hasMoved({ former = [], clientIp, clientIpv6 }: Connection): boolean {
  return former.some((one) => one.leftOut !== undefined || one.clientIp !== clientIp || one.clientIpv6 !== clientIpv6);
}

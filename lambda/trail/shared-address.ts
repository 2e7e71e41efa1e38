import { canonicalAddress } from './address.ts';
import type { Change, SnapshotRows } from './changes.ts';
import { hasEnded, type ReadRow, readRow } from './row.ts';
import { type Manifest, parseLine, type StoredRow } from './snapshot.ts';
import type { Instant } from './time.ts';

/** The members whose change may let a connection share its address with another one. */
const SAYS = ['clientIp', 'clientIpv6', 'establishedAt'] as const;
const ADDRESS = /"clientIp(?:v6Address)?":"([^"\\]+)"/g;
/** Later than every time. */
const NEVER_ENDS = '~';

type Listed = Extract<Change, { readonly row: ReadRow }>;

/** A row of a snapshot, and whose it is. */
interface Holder {
  readonly id: string;
  readonly row: ReadRow;
}

/** The snapshots before this one that a connection is missing from which they should have listed. */
export interface Before {
  /** The last of them has every connection that was established until then. */
  readonly hasUntil: Instant;
  /** Their rows, oldest first. */
  readonly rows: AsyncIterable<readonly StoredRow[]>;
}

/**
 * The changes, with those whose connection had its address at the same time as another one: they `share`. A connection whose own row
 * did not change is a change too then (ADR 30). Only the addresses of changes are looked for: in this snapshot, and for a connection
 * that AWS left out before also in those without it, since AWS may have left out the other one now.
 */
export async function withShared(
  changes: readonly Change[],
  { manifest, rows }: SnapshotRows,
  before?: Before,
): Promise<Change[]> {
  const listed = changes.filter((change): change is Listed => 'row' in change);
  const holders = new Map<string, Holder[]>();
  for (const key of addressesOf(listed.filter(mayShare))) holders.set(key, []);
  if (holders.size === 0) return [...changes];
  const add = (key: string, holder: Holder) => holders.get(key)?.push(holder);
  for (const { id, row } of listed) for (const key of keysOf(row)) add(key, { id, row });
  const changed = new Set(changes.map(({ id }) => id));
  for await (const [key, holder] of holdersIn(rows, manifest, holders, changed)) add(key, holder);
  for (const [key, holder] of await holdersBefore(listed, before, manifest)) {
    if (!holders.get(key)?.some(({ id }) => id === holder.id)) add(key, holder);
  }
  const sharing = new Map([...holders.values()].flatMap(overlapping).map(({ id, row }) => [id, row]));
  const others = [...sharing].filter(([id]) => !changed.has(id));
  const unchanged = others.map(([id, row]): Change => ({ kind: 'shared', id, row, shares: true }));
  const all = changes.map((change) => (sharing.has(change.id) ? { ...change, shares: true as const } : change));
  return [...all, ...unchanged].sort((one, other) => (one.id < other.id ? -1 : 1));
}

const addressesOf = (changes: readonly Listed[]): Set<string> => new Set(changes.flatMap(({ row }) => keysOf(row)));

/** The rows with one of the addresses, by address, without those of some connections. */
async function* holdersIn(
  rows: SnapshotRows['rows'],
  { endpointId }: Manifest,
  addresses: Pick<ReadonlySet<string>, 'has'>,
  without: ReadonlySet<string> = new Set(),
): AsyncGenerator<[address: string, holder: Holder]> {
  for await (const stretch of rows) {
    for (const { id, line } of stretch) {
      if (id === '' || without.has(id) || !holdsOne(line, addresses)) continue;
      const row = readRow(parseLine(line), endpointId);
      for (const key of keysOf(row)) if (addresses.has(key)) yield [key, { id: row.connectionId ?? id, row }];
    }
  }
}

/** Whom snapshots before listed with the address of a connection that they should have listed: of each its newest row. */
async function holdersBefore(
  listed: readonly Listed[],
  before: Before | undefined,
  manifest: Manifest,
): Promise<(readonly [address: string, holder: Holder])[]> {
  if (!before) return [];
  const late = addressesOf(listed.filter(({ kind, row }) => kind === 'sighted' && startOf(row) < before.hasUntil));
  if (late.size === 0) return [];
  const newest = new Map<string, readonly [string, Holder]>();
  for await (const [key, holder] of holdersIn(before.rows, manifest, late)) newest.set(key + holder.id, [key, holder]);
  return [...newest.values()];
}

/** A new row; one with another address or start; or one whose end AWS corrected, or took back. */
function mayShare(change: Listed): boolean {
  if (change.kind !== 'changed') return true;
  const { row, previous } = change;
  const isCorrected = hasEnded(previous) && (!hasEnded(row) || row.endedAt !== previous.endedAt);
  return isCorrected || SAYS.some((member) => row[member] !== previous[member]);
}

/** A test by text, because most lines have other addresses. */
function holdsOne(line: string, addresses: Pick<ReadonlySet<string>, 'has'>): boolean {
  for (const [, address = ''] of line.matchAll(ADDRESS)) if (addresses.has(keyOf(address))) return true;
  return false;
}

function keysOf({ clientIp, clientIpv6 }: ReadRow): string[] {
  return [...new Set([clientIp, clientIpv6].flatMap((address) => (address === undefined ? [] : keyOf(address))))];
}

/** An IPv4 address has one spelling only. */
const keyOf = (address: string): string => (address.includes(':') ? canonicalAddress(address) : address);

/** Those of an address that may have been connected while another was: neither has ended, or one was established before the other's end. */
function overlapping(holders: readonly Holder[]): Holder[] {
  const byStart = [...holders].sort((one, other) => (startOf(one.row) < startOf(other.row) ? -1 : 1));
  const found = new Set<Holder>();
  let [last] = byStart;
  for (const holder of byStart.slice(1)) {
    if (last && last.id !== holder.id && startOf(holder.row) < endOf(last.row)) found.add(last).add(holder);
    if (!last || endOf(holder.row) > endOf(last.row)) last = holder;
  }
  return [...found];
}

const startOf = ({ establishedAt = '' }: ReadRow): string => establishedAt;

/** An end without a time may be as late as can be. */
const endOf = (row: ReadRow): string => (hasEnded(row) ? row.endedAt : undefined) ?? NEVER_ENDS;

/** A snapshot's rows that are read a second time: from memory where they are one batch, else from where they come. */
export function readTwice({ manifest, rows }: SnapshotRows): { readonly now: SnapshotRows; again(): SnapshotRows } {
  let kept: (readonly StoredRow[])[] | undefined = [];
  const keeping = {
    async *[Symbol.asyncIterator]() {
      for await (const batch of rows) {
        kept = kept?.length === 0 ? [batch] : undefined;
        yield batch;
      }
    },
  };
  return { now: { manifest, rows: keeping }, again: () => ({ manifest, rows: kept ?? rows }) };
}
